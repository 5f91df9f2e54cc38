"use strict";
(() => {
  const marks = [...document.querySelectorAll("a.mark")];
  const cards = new Map([...document.querySelectorAll(".card")].map((card) => [card.id, card]));
  const filters = [...document.querySelectorAll(".filters input")];
  const shown = () => new Set(filters.filter((box) => box.checked).map((box) => box.value));
  let current = -1;

  const select = (place, focus) => {
    if (place < 0 || place >= marks.length) return;
    if (current >= 0) {
      marks[current].classList.remove("current");
      cards.get(marks[current].dataset.card).classList.remove("current");
    }
    current = place;
    const mark = marks[place];
    const card = cards.get(mark.dataset.card);
    mark.classList.add("current");
    card.classList.add("current");
    document.body.classList.add("chosen");
    if (focus) mark.focus({ preventScroll: true });
    mark.scrollIntoView({ block: "center" });
    card.parentElement.scrollTop = card.offsetTop - card.parentElement.offsetTop - 8;
  };

  const move = (step) => {
    const words = shown();
    let place = current + step;
    while (place >= 0 && place < marks.length && !words.has(marks[place].dataset.verdict)) place += step;
    select(place, true);
  };

  const filter = () => {
    const words = shown();
    for (const mark of marks) {
      const hidden = !words.has(mark.dataset.verdict);
      mark.classList.toggle("muted", hidden);
      mark.tabIndex = hidden ? -1 : 0;
      cards.get(mark.dataset.card).hidden = hidden;
    }
  };

  marks.forEach((mark, place) => {
    mark.addEventListener("click", (event) => {
      event.preventDefault();
      select(place, true);
    });
    mark.addEventListener("focus", () => {
      if (place !== current) select(place, false);
    });
  });
  for (const card of cards.values()) {
    card.addEventListener("click", () => select(marks.findIndex((m) => m.dataset.card === card.id), true));
  }
  filters.forEach((box) => box.addEventListener("change", filter));
  document.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.altKey || event.metaKey) return;
    if (event.key === "j" || event.key === "ArrowRight") { event.preventDefault(); move(1); }
    if (event.key === "k" || event.key === "ArrowLeft") { event.preventDefault(); move(-1); }
    if (event.key === "Escape") document.body.classList.remove("chosen");
  });
  document.body.classList.add("live");
  filter();
})();
