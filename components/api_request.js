// The API knows its routes without the prefix under which the page reaches it.
function handler(event) {
  var request = event.request;
  request.uri = request.uri.replace(/^\/api(?=\/)/, '');
  return request;
}
