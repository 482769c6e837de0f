// Charts are drawn for the width of the screen, and paper has another: given their own size as a box of view, the print's style scales
// them. And paper says when it was printed, and from where.
addEventListener("beforeprint", () => {
  for (const picture of document.querySelectorAll(".js-plotly-plot .main-svg")) {
    const { width, height } = picture.getBoundingClientRect()
    picture.setAttribute("viewBox", `0 0 ${width} ${height}`)
    picture.closest(".svg-container").style.aspectRatio = `${width} / ${height}`
  }
  const now = new Date().toISOString().slice(0, 16).replace("T", " ")
  document.documentElement.style.setProperty("--printed", JSON.stringify(`Printed ${now} UTC from ${location.host}`))
})
addEventListener("afterprint", () => {
  for (const picture of document.querySelectorAll(".js-plotly-plot .main-svg")) picture.removeAttribute("viewBox")
})
