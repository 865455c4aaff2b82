for (const graph of document.querySelectorAll(".graph")) {
  const view = graph.querySelector(".view"), net = graph.querySelector(".net");
  const { width, height } = net.viewBox.baseVal;
  let scale = 1;

  const zoom = (to) => {
    const x = (view.scrollLeft + view.clientWidth / 2) / scale;
    const y = (view.scrollTop + view.clientHeight / 2) / scale;
    scale = Math.min(4, Math.max(0.02, to));
    net.style.width = `${width * scale}px`;
    net.style.height = `${height * scale}px`;
    view.scrollTo(x * scale - view.clientWidth / 2, y * scale - view.clientHeight / 2);
  };
  const choose = (node, follow) => {
    for (const each of graph.querySelectorAll(".chosen")) each.classList.remove("chosen");
    for (const each of graph.querySelectorAll(".told > *")) each.hidden = true;
    node.classList.add("chosen");
    graph.querySelector(`[data-told="${node.dataset.node}"]`).hidden = false;
    if (follow) node.scrollIntoView({ block: "center", inline: "center" });
  };

  graph.addEventListener("click", ({ target }) => {
    const node = target.closest(".node"), button = target.closest("[data-zoom]");
    if (node) choose(node);
    if (button?.dataset.zoom === "fit") {
      zoom(Math.min(view.clientWidth / width, view.clientHeight / height));
    } else if (button) zoom(scale * Number(button.dataset.zoom));
  });
  graph.addEventListener("keydown", (event) => {
    const node = event.target.closest(".node");
    if (node && event.key === "Enter") choose(node);
  });
  graph.querySelector("form").addEventListener("submit", (event) => event.preventDefault());
  graph.querySelector("[type=search]").addEventListener("input", ({ target }) => {
    const nodes = [...graph.querySelectorAll(".node")];
    const wanted = target.value.toLowerCase();
    const found =
      nodes.find((node) => node.dataset.name.toLowerCase() === wanted) ??
      nodes.find((node) => node.dataset.name.toLowerCase().includes(wanted));
    if (wanted && found) choose(found, true);
  });
}
