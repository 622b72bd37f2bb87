// In JupyterLab a question is a widget, and Python answers for code.
export default {
  render({ model, el }) {
    el.innerHTML = model.get("html");
    const run = (name, source) =>
      new Promise((done) => {
        const hear = (told) => [model.off("msg:custom", hear), done(told)];
        model.on("msg:custom", hear);
        model.send({ name, source });
      });
    enliven(el.querySelector("form"), run);
  },
};
