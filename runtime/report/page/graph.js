const graphs = [...document.querySelectorAll(".graph")].map((graph) => {
  const view = graph.querySelector(".view"), net = graph.querySelector(".net");
  const nodes = [...graph.querySelectorAll(".node")];
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
  const show = (node) => {
    const [at, around] = [node, view].map((each) => each.getBoundingClientRect());
    view.scrollBy(
      (at.left + at.right - around.left - around.right) / 2,
      (at.top + at.bottom - around.top - around.bottom) / 2,
    );
  };
  const choose = (name, follow) => {
    const chosen = nodes.find((node) => node.dataset.name === name);
    for (const node of nodes) node.classList.toggle("chosen", node === chosen);
    for (const told of graph.querySelectorAll("[data-told]")) {
      told.hidden = told.dataset.told !== chosen?.dataset.node;
    }
    graph.querySelector(".ask").hidden = chosen !== undefined;
    if (chosen && follow) show(chosen);
  };

  const chooseAll = (node, follow) => {
    for (const each of graphs) each.choose(node.dataset.name, follow || each.graph !== graph);
  };
  graph.addEventListener("click", ({ target }) => {
    const node = target.closest(".node"), button = target.closest("[data-zoom]");
    if (node) chooseAll(node, false);
    if (button?.dataset.zoom === "fit") {
      zoom(Math.max(0.15, Math.min(view.clientWidth / width, view.clientHeight / height)));
    } else if (button) zoom(scale * Number(button.dataset.zoom));
  });
  graph.addEventListener("keydown", (event) => {
    const node = event.target.closest(".node");
    if (node && event.key === "Enter") chooseAll(node, false);
  });
  graph.querySelector("form").addEventListener("submit", (event) => event.preventDefault());
  graph.querySelector("[type=search]").addEventListener("input", ({ target }) => {
    const wanted = target.value.toLowerCase();
    const named = (test) => nodes.find((node) => test(node.dataset.name.toLowerCase()));
    const found = named((name) => name === wanted) ?? named((name) => name.includes(wanted));
    if (wanted && found) chooseAll(found, true);
  });
  if (nodes.length) show(nodes[0]);
  return { graph, choose };
});
