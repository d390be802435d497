// Runs before the first paint and while the page's script is on its way (src/app/early.ts takes over from it): light or
// dark, what stands there meanwhile, and the first questions to the API.
(function () {
  function stored(key) {
    try {
      return localStorage.getItem(key);
    } catch (error) {
      return null; // No storage: the system decides, and nobody is signed in.
    }
  }

  var mode = stored('lakeshare.mode');
  var dark = mode === 'dark' || (mode !== 'light' && matchMedia('(prefers-color-scheme: dark)').matches);
  document.body.classList.toggle('awsui-dark-mode', dark);
  var signedIn = false;
  try {
    signedIn = Object.keys(localStorage).some((key) => key.startsWith('oidc.user:'));
  } catch (error) {
    // As above.
  }
  document.body.dataset.first = location.pathname === '/' && signedIn ? 'catalogue' : 'other';

  // Before anything that a slow network would put off: what is asked for here comes while the script does.
  var early = (window.lakeshareEarly = { config: fetch('/config.json', { cache: 'no-cache' }), answers: new Map() });
  var paths = location.pathname === '/' ? ['/catalogue/databases'] : [];

  early.config
    .then(function (response) {
      return response.clone().json();
    })
    .then(function (config) {
      var user = JSON.parse(stored('oidc.user:' + config.issuer + ':' + config.clientId) || 'null');
      if (user === null || !(user.expires_at > Date.now() / 1000 + 60)) return;
      paths.forEach(function (path) {
        var asked = fetch(config.apiBase.replace(/\/+$/, '') + path, {
          headers: {
            accept: 'application/json, application/problem+json',
            authorization: 'Bearer ' + user.access_token,
          },
        });
        asked.catch(function () {}); // Whoever takes it up says so.
        early.answers.set(path, { token: user.access_token, response: asked });
      });
    })
    .catch(function () {}); // The page reads the same, and says what is wrong.
})();
