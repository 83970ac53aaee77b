// Resolves when the document has not changed for `quiet` ms, or after `limit` ms. Returns whether it became quiet.
({ quiet, limit }) => new Promise((resolve) => {
  let timer = null;
  const seen = new WeakMap();
  const target = document.documentElement || document;
  const finish = (still) => { observer.disconnect(); clearTimeout(timer); clearTimeout(end); resolve(still); };
  const arm = () => {
    clearTimeout(timer);
    const due = performance.now() + quiet;
    // A timer that fires late tells that scripts were at work all the while: they may just have asked for data.
    timer = setTimeout(() => (performance.now() - due > 60 ? arm() : finish(true)), quiet);
  };
  const observer = new MutationObserver((records) => {
    // Clocks and carousels change the same few places for ever; only places that are new to change count.
    let fresh = false;
    for (const { target: place } of records) {
      const times = (seen.get(place) || 0) + 1;
      seen.set(place, times);
      if (times <= 6) fresh = true;
    }
    if (fresh) arm();
  });
  const end = setTimeout(() => finish(false), limit);
  observer.observe(target, { childList: true, subtree: true });
  arm();
})
