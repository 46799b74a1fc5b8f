// Pictures cut from one sheet, which is replaced while they grow: only once the next one is decoded, so that nothing flickers; knows nothing
// of networks.
export default function ({ data, parentElement }) {
  const group = parentElement.querySelector(".units")
  const element = keep(group, () => ({ url: null }))
  const tiles = group.children
  while (tiles.length > data.count) group.lastChild.remove()
  while (tiles.length < data.count) group.append(document.createElement("i"))
  group.setAttribute("aria-label", data.label)
  const { sheet } = data
  if (!sheet) {
    element.url = null
    group.style.removeProperty("--sheet")
    return element.cleanup
  }
  const part = (place, count) => (count > 1 ? (100 * place) / (count - 1) : 0) + "%"
  if (element.cut !== `${sheet.columns} ${sheet.rows} ${data.count}`) {
    element.cut = `${sheet.columns} ${sheet.rows} ${data.count}`
    group.style.setProperty("--size", `${sheet.columns * 100}% ${sheet.rows * 100}%`)
    for (const [index, tile] of [...tiles].entries())
      tile.style.backgroundPosition = `${part(index % sheet.columns, sheet.columns)} ${part(Math.floor(index / sheet.columns), sheet.rows)}`
  }
  if (element.url === sheet.url) return element.cleanup
  element.url = sheet.url
  const next = new Image()
  next.src = sheet.url
  const show = () => {
    if (element.url !== sheet.url) return // a later one came
    group.style.setProperty("--sheet", `url("${sheet.url}")`)
    group.dataset.updates = Number(group.dataset.updates ?? 0) + 1
  }
  next.decode().then(show, show)
  return element.cleanup
}
