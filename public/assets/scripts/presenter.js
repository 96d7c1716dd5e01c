/** For whoever presents: `p` pauses, `f` fills the screen. Buttons do the same. */

/** Neither key does anything in a field, in a dialog, or together with Ctrl, Alt or Meta. */
export function mountPresenter(section, { onPause }) {
  const [pause, fullScreen] = ['pause', 'full-screen'].map((name) =>
    section.querySelector(`[data-${name}]`),
  );

  pause.addEventListener('click', onPause);
  fullScreen.addEventListener('click', toggleFullScreen);
  fullScreen.hidden = !document.fullscreenEnabled;
  document.addEventListener('keydown', (event) => {
    const { key, target, ctrlKey, altKey, metaKey, repeat } = event;
    if (ctrlKey || altKey || metaKey || repeat || target.closest('input, textarea, dialog')) return;
    if (key === 'p') onPause();
    if (key === 'f' && document.fullscreenEnabled) toggleFullScreen();
  });
}

async function toggleFullScreen() {
  if (document.fullscreenElement) await document.exitFullscreen();
  else await document.documentElement.requestFullscreen();
}
