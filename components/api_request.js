// The API knows its routes without the prefix under which the page reaches it. What else the API has, the decision page,
// has an address of its own and headers of its own, and is not served here.
function handler(event) {
  var request = event.request;
  if (!/^\/api\/(catalogue|changes|decisions|executions|findings|holds|me|requests|search|shares)(\/|$)/.test(request.uri)) {
    return {
      statusCode: 404,
      statusDescription: 'Not Found',
      headers: {
        'cache-control': { value: 'no-store' },
        'content-type': { value: 'application/problem+json' },
        'x-content-type-options': { value: 'nosniff' },
      },
      body: '{"type":"about:blank","title":"Not Found","status":404,"detail":"The API has no such path."}',
    };
  }
  request.uri = request.uri.substring('/api'.length);
  return request;
}
