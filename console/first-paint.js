// Not a module: it runs before the first paint, so that a remembered theme never flashes.
try {
  const theme = localStorage.getItem('voxhelm.theme');
  if (theme) document.documentElement.dataset.theme = JSON.parse(theme);
} catch {
  // Storage is closed to this page or holds something else: the system's theme stays.
}
