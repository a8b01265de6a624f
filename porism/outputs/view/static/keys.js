// Keyboard. A page says in its HTML which key does what: data-key="a" on a button or a link, which is then pressed, or on
// a field, which is then focused. In a table of rows, j and k go from row to row. ? lists the keys of the page.
const dialog = document.getElementById("keys");
const fields = "input, select, textarea, [contenteditable]";

const pressed = (key) => document.querySelector(`[data-key="${CSS.escape(key)}"]:not([disabled])`);

const step = (by) => {
  const links = [...document.querySelectorAll("table.rows tbody tr")].map((row) => row.querySelector("a[href]")).filter(Boolean);
  if (!links.length) return false;
  const at = links.findIndex((link) => link.closest("tr").contains(document.activeElement));
  const link = links[at < 0 ? (by > 0 ? 0 : links.length - 1) : Math.min(Math.max(at + by, 0), links.length - 1)];
  link.focus();
  link.closest("tr").scrollIntoView({ block: "nearest" });
  return true;
};

const list = () => {
  const rows = dialog.querySelector("dl");
  const told = new Map([...document.querySelectorAll("table.rows")].length ? [["j", "next row"], ["k", "previous row"], ["Enter", "open the row"]] : []);
  for (const one of document.querySelectorAll("[data-key]")) {
    if (!one.disabled) told.set(one.dataset.key, one.dataset.does || one.textContent.trim());
  }
  told.set("Esc", "leave a field, or this list");
  rows.replaceChildren(...[...told].flatMap(([key, does]) => {
    const term = document.createElement("dt"), says = document.createElement("dd"), cap = document.createElement("kbd");
    cap.textContent = key;
    term.append(cap);
    says.textContent = does;
    return [term, says];
  }));
  dialog.showModal();
};

document.addEventListener("keydown", (event) => {
  if (event.ctrlKey || event.metaKey || event.altKey || event.isComposing || event.repeat && !"jk".includes(event.key)) return;
  if (dialog?.open) return;
  if (event.target.matches?.(fields)) {
    if (event.key === "Escape") event.target.blur();
    return;
  }
  if (event.key === "?" && dialog) {
    event.preventDefault();
    list();
    return;
  }
  const found = pressed(event.key);
  if (found) {
    event.preventDefault();
    if (found.matches(fields)) found.focus();
    else found.click();
  } else if ((event.key === "j" && step(1)) || (event.key === "k" && step(-1))) {
    event.preventDefault();
  }
});

document.querySelector("[data-keys]")?.addEventListener("click", list);
