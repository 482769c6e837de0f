// On a telephone the menu of pages lies over the page. It goes once a page is chosen, on Escape, and on a tap beside it, which presses
// nothing of what lies beneath.
{
  const opened = () => matchMedia("(max-width: 768px)").matches && document.querySelector("[data-testid=stSidebar][data-collapsed=false]")
  const close = () => document.querySelector("[data-testid=stSidebarCollapseButton] button")?.click()
  // The veil beside the menu is drawn by the menu itself, and a tap on it is one on the menu.
  const isBeside = ({ target }) => opened() && (target === opened() || !opened().contains(target))

  // Streamlit closes the menu as the finger comes down, and what lies beneath would get the rest of the tap.
  document.addEventListener("mousedown", (event) => isBeside(event) && event.stopPropagation(), true)
  document.addEventListener("click", (event) => {
    if (!isBeside(event)) return
    event.preventDefault()
    event.stopPropagation()
    close()
  }, true)
  document.addEventListener("click", ({ target }) => opened() && target.closest("[data-testid=stSidebarNavLink]") && close())
  document.addEventListener("keydown", ({ key }) => {
    if (key !== "Escape" || !opened()) return
    close()
    requestAnimationFrame(() => document.querySelector("[data-testid=stExpandSidebarButton]")?.focus())
  })
}
