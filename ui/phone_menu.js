// On a telephone the menu of pages lies over the page. It goes once a page is chosen, on Escape, and on a tap beside it: the look lays a
// veil there, which is a part of the menu, so that what lies beneath is not pressed.
{
  const isOver = () => matchMedia("(max-width: 768px)").matches && document.querySelector("[data-testid=stSidebar][data-collapsed=false]")
  const closing = () => document.querySelector("[data-testid=stSidebarCollapseButton] button")

  // Streamlit closes the menu as the finger comes down, and what lies beneath would get the rest of the tap.
  document.addEventListener("mousedown", (event) => event.target === isOver() && event.stopPropagation(), true)
  document.addEventListener("click", ({ target }) => {
    const menu = isOver()
    // The veil is drawn by the menu itself, and a tap on it is one on the menu.
    if (menu && (target === menu || target.closest("[data-testid=stSidebarNavLink]"))) closing()?.click()
  })
  document.addEventListener("keydown", ({ key }) => {
    if (key !== "Escape" || !isOver()) return
    closing()?.click()
    requestAnimationFrame(() => document.querySelector("[data-testid=stExpandSidebarButton]")?.focus())
  })
}
