// Draws Plotly figures and updates them in place, so that zoom and hidden traces survive; knows nothing of what they show.
const instances = new WeakMap()

function loadPlotly(url) {
  window.digitLabPlotly ??= new Promise((resolve, reject) => {
    const script = document.createElement("script")
    script.src = url
    script.onload = () => resolve(window.Plotly)
    script.onerror = () => reject(new Error("cannot load " + url))
    document.head.appendChild(script)
  })
  return window.digitLabPlotly
}

function themed(layout, element) {
  const style = getComputedStyle(element)
  const colour = (name) => style.getPropertyValue(name).trim()
  const axis = { gridcolor: colour("--st-border-color-light") || colour("--st-border-color"), linecolor: colour("--st-border-color") }
  const result = {
    ...layout,
    paper_bgcolor: "rgba(0,0,0,0)",
    plot_bgcolor: "rgba(0,0,0,0)",
    font: { ...layout.font, color: colour("--st-text-color"), family: colour("--st-font") },
    hoverlabel: { bgcolor: colour("--st-secondary-background-color"), font: { color: colour("--st-text-color") } },
  }
  for (const key of Object.keys(layout)) if (/^[xy]axis/.test(key)) result[key] = { ...axis, ...layout[key] }
  for (const key of Object.keys(layout)) if (/^scene/.test(key)) result[key] = themedScene(layout[key], axis)
  return result
}

function themedScene(scene, axis) {
  const axes = ["xaxis", "yaxis", "zaxis"].map((name) => [name, { ...axis, zeroline: false, ...scene[name] }])
  return { ...scene, bgcolor: "rgba(0,0,0,0)", ...Object.fromEntries(axes) }
}

function fit(entries) {
  for (const { target } of entries) if (target.data && target.clientWidth) window.Plotly?.Plots.resize(target)
}

// Shows the picture of the point pointed at, cut from the figure's sheet, beside the pointer.
function showPicture(plot, point, pointer) {
  const sheet = plot.layout.meta
  if (!sheet?.url || typeof point.customdata !== "number") return
  plot.picture ??= plot.appendChild(document.createElement("i"))
  const column = point.customdata % sheet.columns, row = Math.floor(point.customdata / sheet.columns)
  const box = plot.getBoundingClientRect()
  const left = Math.min(Math.max(pointer.clientX - box.left - 42, 0), box.width - 84)
  const above = pointer.clientY - box.top > 120
  plot.picture.className = "point-picture"
  plot.picture.style.cssText = `left: ${left}px; top: ${pointer.clientY - box.top + (above ? -104 : 24)}px;
    background: url(${sheet.url}) -${column * 84}px -${row * 84}px / ${sheet.columns * 84}px ${sheet.rows * 84}px`
}

export default function (component) {
  const { data, parentElement, setTriggerValue } = component
  const root = parentElement.querySelector(".plots")
  const instance = instances.get(parentElement) ?? { plots: [], updates: 0, resizes: new ResizeObserver(fit) }
  instances.set(parentElement, instance)
  instance.data = data
  instance.clicked = (event) => {
    const chosen = event.points[0].customdata ?? null
    if (chosen !== null && instance.data.clicks) setTriggerValue("clicked", chosen)
  }
  const settings = { displayModeBar: false, showTips: false, doubleClick: "reset", scrollZoom: false }
  loadPlotly(data.plotly).then((Plotly) => {
    if (instance.data !== data) return
    root.classList.remove("failed")
    while (instance.plots.length > data.figures.length) {
      const removed = instance.plots.pop()
      Plotly.purge(removed)
      removed.remove()
    }
    while (instance.plots.length < data.figures.length) {
      const plot = document.createElement("div")
      plot.className = "plot"
      plot.setAttribute("role", "img")
      root.appendChild(plot)
      instance.plots.push(plot)
      instance.resizes.observe(plot)
    }
    data.figures.forEach((item, index) => {
      const plot = instance.plots[index]
      plot.setAttribute("aria-label", item.label)
      plot.style.height = `min(${item.height}px, max(300px, 92vw))` // on a phone not higher than wide
      const figure = JSON.parse(item.figure)
      Plotly.react(plot, figure.data, themed(figure.layout, parentElement), settings)
      if (!plot.listening) {
        plot.listening = true
        plot.on("plotly_click", (event) => instance.clicked(event))
        plot.on("plotly_hover", (event) => showPicture(plot, event.points[0], event.event))
        plot.on("plotly_unhover", () => plot.picture && (plot.picture.className = ""))
      }
    })
    root.classList.toggle("clickable", data.clicks)
    root.dataset.updates = ++instance.updates
  }).catch((error) => {
    root.classList.add("failed")
    root.textContent = data.failed
    console.error(error)
  })
  return () => {
    instance.resizes.disconnect()
    for (const plot of instance.plots) window.Plotly?.purge(plot)
    instances.delete(parentElement)
  }
}
