// Every path of the page that is no file is the page itself: it finds its way by the address. Only for the page's own
// behaviour, so that the API's "not found" stays one.
var FILES = ${Files};

function handler(event) {
  var request = event.request;
  if (!request.uri.startsWith('/assets/') && !FILES.includes(request.uri)) {
    request.uri = '/index.html';
  }
  return request;
}
