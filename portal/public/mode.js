// Runs before the first paint, so that a page in dark mode never flashes white. The rest is in src/app/mode.ts.
(function () {
  var kept = null;
  try {
    kept = localStorage.getItem('lakeshare.mode');
  } catch (error) {
    // No storage: the system decides.
  }
  var dark = kept === 'dark' || (kept !== 'light' && matchMedia('(prefers-color-scheme: dark)').matches);
  document.body.classList.toggle('awsui-dark-mode', dark);
})();
