// Draws Plotly figures and updates them in place, so that zoom and hidden traces survive; knows nothing of what they show.
const RETRY_MILLISECONDS = 3000
const AT_THE_END = "at the end" // what such names are called in a layout
const ROOM_FOR_NAMES = 520 // pixels
const TURN = Math.PI / 8
const SETTINGS = { displayModeBar: false, showTips: false, doubleClick: false, scrollZoom: false }

function loadPlotly(address) {
  window.digitLabPlotly ??= new Promise((resolve, reject) => {
    const script = document.createElement("script")
    const failed = () => {
      script.remove()
      window.digitLabPlotly = undefined
      reject(new Error("cannot load " + script.src))
    }
    script.src = appAddress(address)
    script.onload = () => (window.Plotly ? resolve(window.Plotly) : failed())
    script.onerror = failed
    document.head.appendChild(script)
  })
  return window.digitLabPlotly
}

// A figure's layout in the colours of the page; its title stands outside, where it is never cut and never on a curve.
function themed({ title, ...layout }, look) {
  const axis = { gridcolor: look.grid, linecolor: look.line }
  const result = {
    ...layout,
    paper_bgcolor: "rgba(0,0,0,0)",
    plot_bgcolor: "rgba(0,0,0,0)",
    font: { size: 12 * look.by, ...layout.font, color: look.text, family: look.font },
    hoverlabel: { bgcolor: look.behind, font: { color: look.text } },
  }
  for (const key of Object.keys(layout)) if (/^[xy]axis/.test(key)) result[key] = { ...axis, ...layout[key] }
  for (const key of Object.keys(layout)) if (/^scene/.test(key)) result[key] = themedScene(layout[key], axis)
  return result
}

function themedScene(scene, axis) {
  const axes = ["xaxis", "yaxis", "zaxis"].map((name) => [name, { ...axis, zeroline: false, ...scene[name] }])
  return { ...scene, bgcolor: "rgba(0,0,0,0)", ...Object.fromEntries(axes) }
}

// What the page's styles say of colours and type, read once an update: the browser works out every style anew for it.
// A colour of ours is asked for through a property that shows nothing.
const PROBES = ["outlineColor", "columnRuleColor"]

function lookOf({ data, host, root }) {
  const ours = Object.entries(data.colours ?? {})
  ours.forEach(([, name], index) => {
    if (!root.style[PROBES[index]]) root.style[PROBES[index]] = `var(${name})`
  })
  const style = getComputedStyle(host)
  const forced = matchMedia("(forced-colors: active)").matches
  const told = (name) => style.getPropertyValue(name).trim()
  const shown = getComputedStyle(root)
  return {
    text: forced ? style.color : told("--st-text-color"),
    font: told("--st-font"),
    behind: told("--st-secondary-background-color"),
    line: told("--st-border-color"),
    grid: told("--st-border-color-light") || told("--st-border-color"),
    ours: ours.map(([given], index) => [given, shown[PROBES[index]]]),
    by: enlargement(),
  }
}

// A figure of marks in the colours of the page's styles: lighter where the page is dark.
function styled(figure, { ours }) {
  return ours.reduce((text, [given, colour]) => text.replaceAll(`"${given}"`, `"${colour}"`).replaceAll(`color:${given}`, `color:${colour}`), figure)
}

// How much larger than usual the page's type is: on a projector, or as this browser's owner wants it.
function enlargement() {
  return parseFloat(getComputedStyle(document.documentElement).fontSize) / 16 || 1
}

// A figure whose type and margins are larger by so much.
function enlarged(value, by) {
  if (Array.isArray(value)) return typeof value[0] === "object" ? value.map((item) => enlarged(item, by)) : value
  if (by === 1 || value === null || typeof value !== "object") return value
  const result = Object.fromEntries(Object.entries(value).map(([name, item]) => [name, enlarged(item, by)]))
  for (const name of Object.keys(result)) {
    if (/font$/.test(name) && typeof result[name]?.size === "number") result[name].size *= by
    if (name === "margin") for (const side of "lrtb") if (result.margin[side]) result.margin[side] *= by
  }
  return result
}

function fit(entries) {
  for (const { target } of entries) {
    if (target.data && target.clientWidth && target.isConnected) window.Plotly?.Plots.resize(target).catch(console.warn)
  }
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
    background: url(${appAddress(sheet.url)}) -${column * 84}px -${row * 84}px / ${sheet.columns * 84}px ${sheet.rows * 84}px`
}

// A frame holds one plot, the title above, the buttons beside it and the notes below.
function addFrame(element, root) {
  const make = (kind, name) => Object.assign(document.createElement(kind), { className: name })
  const frame = { box: make("div", "frame"), title: make("p", "title"), plot: make("div", "plot"), notes: make("p", "notes"), returns: 0, speedChosen: 0, hidden: new Set() }
  const tools = make("div", "tools")
  const head = make("div", "head")
  const tool = (name, press) => {
    const button = tools.appendChild(Object.assign(make("button", name), { type: "button", hidden: true, onclick: press }))
    frame[name] = button
  }
  const again = (change) => () => {
    change()
    frame.returns += 1
    frame.touched = false
    update(element, root)
  }
  tool("back", again(() => frame.plot.focus({ preventScroll: true })))
  tool("closer", again(() => (frame.close = !frame.close)))
  tool("listen", () => listenTo(element, frame))
  tool("speed", () => {
    frame.speedChosen = (frame.speedChosen + 1) % SPEEDS.length
    showSound(frame, element.data.words)
  })
  tool("left", () => turn(frame.plot, -TURN))
  tool("right", () => turn(frame.plot, TURN))
  frame.reset = again(() => {})
  frame.plot.setAttribute("role", "img")
  frame.plot.tabIndex = -1
  head.append(frame.title, tools)
  frame.box.append(head, frame.plot, frame.notes)
  root.appendChild(frame.box)
  // A finger scrolls the page. What a tap means reaches Plotly as the mouse events that browsers make of it.
  for (const kind of ["touchstart", "touchmove", "touchend", "touchcancel"]) {
    frame.plot.addEventListener(kind, (event) => event.stopPropagation(), { capture: true, passive: true })
  }
  frame.plot.addEventListener("pointerdown", (event) => hideOrShow(element, frame, event))
  element.resizes.observe(frame.plot)
  return frame
}

function dropFrame(element, frame) {
  if (frame.sounds) stopTone()
  element.resizes.unobserve(frame.plot)
  frame.box.remove()
  window.Plotly?.purge(frame.plot)
}

// From where a scene is looked at, so far as an eye can tell.
function eyeOf(camera) {
  return ["x", "y", "z"].map((axis) => camera?.eye?.[axis]?.toFixed(3)).join()
}

function turn(plot, angle) {
  const { eye, ...camera } = plot._fullLayout.scene._scene.getCamera()
  const [x, y] = [eye.x * Math.cos(angle) - eye.y * Math.sin(angle), eye.x * Math.sin(angle) + eye.y * Math.cos(angle)]
  window.Plotly.relayout(plot, { "scene.camera": { ...camera, eye: { ...eye, x, y } } })
}

// The curves of a plot that are shown and have points, as tones; pressed once more, silence.
function listenTo(element, frame) {
  if (frame.sounds) return stopTone()
  const curves = frame.plot._fullData.filter((trace) => trace.visible === true && trace.x?.length)
  if (!curves.length) return
  const { xaxis, yaxis } = frame.plot._fullLayout
  const told = curves.map(({ x, y }) => ({ x: Array.from(x), y: Array.from(y) }))
  playTone(told, xaxis.range, yaxis.range, SPEEDS[frame.speedChosen], () => {
    frame.sounds = false
    showSound(frame, element.data.words)
  })
  frame.sounds = true
  showSound(frame, element.data.words)
}

function showSound(frame, words) {
  const told = frame.sounds ? words.quiet : words.listen
  frame.listen.textContent = frame.sounds ? "■" : "♪"
  frame.listen.title = told
  frame.listen.setAttribute("aria-label", told)
  frame.speed.textContent = SPEEDS[frame.speedChosen] + "×"
  frame.speed.setAttribute("aria-label", words.speed.replace("{speed}", SPEEDS[frame.speedChosen]))
}

// Where a figure has both a legend and names at its curves' ends it shows one of the two: the names where they have room.
function named(layout, plot) {
  if (!layout.legend || !layout.annotations?.some(({ name }) => name === AT_THE_END)) return layout
  if (plot.clientWidth >= ROOM_FOR_NAMES) return { ...layout, showlegend: false, margin: { ...layout.margin, b: 44 } }
  const annotations = layout.annotations.filter(({ name }) => name !== AT_THE_END)
  return { ...layout, annotations, margin: { ...layout.margin, r: 12 } }
}

// The layout as this visitor looks at it: the close look where it was asked for, and no zoom of before the last way back.
function looked(layout, frame, item) {
  const result = { ...layout }
  const uirevision = layout.uirevision && `${layout.uirevision} ${frame.returns}`
  for (const key of Object.keys(layout)) if (/^([xy]axis|scene)/.test(key)) result[key] = { ...layout[key], uirevision }
  if (frame.close && item.close) result.yaxis = { ...result.yaxis, range: item.close }
  return named(result, frame.plot)
}

// The place of a figure, which it takes as soon as it is known: what stands below must not wait for Plotly to be loaded.
function takePlace(frame, item, by) {
  const high = item.height * by
  frame.plot.style.height = `min(${high}px, max(300px, 92vw))` // on a phone not higher than wide
  frame.plot.setAttribute("aria-label", item.label)
  frame.box.classList.toggle("titled", Boolean(item.title))
  frame.title.textContent = item.title ?? ""
  frame.notes.hidden = item.notes === null
  frame.notes.textContent = item.notes ?? ""
}

function showTools(frame, item, words) {
  const scene = "scene" in frame.plot.layout
  frame.back.textContent = words.back
  frame.back.hidden = !frame.touched
  frame.closer.textContent = frame.close ? words.whole : words.close
  frame.closer.hidden = !item.close
  frame.listen.hidden = frame.speed.hidden = !item.sound
  if (item.sound) showSound(frame, words)
  for (const [name, sign] of [["left", "↺"], ["right", "↻"]]) {
    frame[name].textContent = sign
    frame[name].title = words[name]
    frame[name].setAttribute("aria-label", words[name])
    frame[name].hidden = !scene
  }
}

// Pressing the name at a curve's end hides the curve, and shows it again; at once, for while it grows another name stands there at the next tick.
function hideOrShow(element, frame, event) {
  const name = event.target.closest?.(".annotation")
  const annotation = name && frame.plot.layout.annotations[name.dataset.index]
  const pressed = annotation && frame.plot._fullData.find((trace) => isNameOf(annotation, trace))
  if (!pressed) return
  if (!frame.hidden.delete(pressed.name)) frame.hidden.add(pressed.name)
  update(element, element.root)
}

const isNameOf = (annotation, trace) => annotation.name === AT_THE_END && annotation.text.includes(`</span> ${trace.name}<br>`)

function withHidden(figure, { hidden }) {
  if (!hidden.size) return figure
  const gone = figure.data.filter((trace) => hidden.has(trace.name))
  for (const trace of gone) trace.visible = "legendonly"
  for (const annotation of figure.layout.annotations ?? []) if (gone.some((trace) => isNameOf(annotation, trace))) annotation.opacity = 0.5
  return figure
}

function listen(element, frame) {
  const { plot } = frame
  frame.listening = true
  plot.on("plotly_click", (event) => element.clicked(event))
  plot.on("plotly_hover", (event) => showPicture(plot, event.points[0], event.event))
  plot.on("plotly_unhover", () => plot.picture && (plot.picture.className = ""))
  plot.on("plotly_doubleclick", frame.reset)
  plot.on("plotly_relayout", (change) => {
    const moved = (key) => /axis\d*\.(range|autorange)/.test(key) || (/camera$/.test(key) && eyeOf(change[key]) !== frame.eye)
    if (Object.keys(change).some(moved)) frame.touched = true
    frame.back.hidden = !frame.touched
  })
}

async function draw(element, frame, item, look) {
  const { plot } = frame
  try {
    const figure = withHidden(enlarged(JSON.parse(item.marks ? styled(item.figure, look) : item.figure), look.by), frame)
    takePlace(frame, item, look.by)
    const revision = figure.layout.uirevision
    if (revision === undefined || revision !== frame.revision) frame.touched = false
    frame.revision = revision
    await window.Plotly.react(plot, figure.data, looked(themed(figure.layout, look), frame, item), SETTINGS)
    if (!frame.touched && figure.layout.scene) frame.eye = eyeOf(figure.layout.scene.camera)
    if (!frame.listening) listen(element, frame)
    showTools(frame, item, element.data.words)
  } catch (error) {
    window.Plotly.purge(plot)
    frame.listening = false
    throw error
  }
}

// As many frames as there are figures, and in each new one the place of its figure.
function makeFrames(element, root) {
  const { figures } = element.data
  while (element.frames.length > figures.length) dropFrame(element, element.frames.pop())
  while (element.frames.length < figures.length) {
    const frame = addFrame(element, root)
    takePlace(frame, figures[element.frames.length], enlargement())
    element.frames.push(frame)
  }
}

async function update(element, root) {
  const { data, run } = element
  const current = () => element.run === run && element.data === data && !element.held
  try {
    makeFrames(element, root)
    await loadPlotly(data.plotly)
    if (!current()) return
    const look = lookOf(element)
    const drawn = await Promise.allSettled(data.figures.map((item, index) => draw(element, element.frames[index], item, look)))
    const failed = drawn.find((result) => result.status === "rejected")
    if (failed) throw failed.reason
    if (!current()) return
    element.message.remove()
    root.classList.toggle("clickable", data.clicks)
    root.dataset.updates = ++element.updates
  } catch (error) {
    console.error(error)
    if (current()) fail(element, root)
  }
}

// Says so beside the plots that stand, and tries again; the next update does so too.
function fail(element, root) {
  element.message.textContent = element.data.failed
  root.prepend(element.message)
  clearTimeout(element.retry)
  element.retry = setTimeout(() => element.held || update(element, root), RETRY_MILLISECONDS)
}

function begin() {
  const message = Object.assign(document.createElement("p"), { className: "failed" })
  message.setAttribute("role", "status")
  return { frames: [], updates: 0, message, resizes: new ResizeObserver(fit) }
}

function end(element) {
  clearTimeout(element.retry)
  if (element.frames.some((frame) => frame.sounds)) stopTone()
  element.resizes.disconnect()
  for (const frame of element.frames) window.Plotly?.purge(frame.plot)
}

export default function ({ data, parentElement, setTriggerValue }) {
  const root = parentElement.querySelector(".plots")
  const element = keep(root, begin, end)
  element.data = data
  element.root = root
  element.host = parentElement
  element.clicked = (event) => {
    const chosen = event.points[0].customdata ?? null
    if (chosen !== null && element.data.clicks) setTriggerValue("clicked", chosen)
  }
  update(element, root)
  return element.cleanup
}
