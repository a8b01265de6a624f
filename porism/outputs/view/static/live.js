// While a run goes on: every few seconds the part of the page that changes is fetched and put in the old one's place.
// The page does not move, and what is open or focused stays so as far as the reader can tell.
const seconds = () => Number(document.getElementById("live")?.dataset.every || 0);

const renewed = async () => {
  const old = document.getElementById("live");
  const inside = old.contains(document.activeElement) && document.activeElement !== document.body;
  if (!document.hidden && !inside) {
    try {
      const answer = await fetch(location.href, { cache: "no-store" });
      const fresh = new DOMParser().parseFromString(await answer.text(), "text/html").getElementById("live");
      if (answer.ok && fresh) {
        const open = [...old.querySelectorAll("details")].map((one) => one.open);
        [...fresh.querySelectorAll("details")].forEach((one, k) => { one.open = Boolean(open[k]); });
        old.replaceWith(document.adoptNode(fresh));
      }
    } catch { /* the server is gone, or busy: the next time */ }
  }
  if (seconds()) setTimeout(renewed, 1000 * seconds());
};

if (seconds()) setTimeout(renewed, 1000 * seconds());
