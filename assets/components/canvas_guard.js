// Guards the drawing canvas: names it, hides its own tools, decides which pointer draws, and hands the canvas whole strokes of that one alone.
//
// The canvas knows one pointer, takes the first touch that comes (a resting hand), and hears nothing of strokes that the system breaks off.
// So every pointer is watched here. The stroke under way is shown as ink on the canvas's upper layer; what turns out to be a hand is wiped
// away again; and a stroke that ends, however it ends, is played to the canvas as one press, its moves and one release.
//
// The canvas tells the app of a stroke a while after it. Whatever is pressed before that would act on the drawing as it was, so a press has it told
// first.
//
// Where the app asks for it (data.live) it is told of the stroke under way too: as soon as it has answered to the time before.
const STARTS = 5 // pixels a touch moves before it is a stroke
const CERTAIN = 40 // a line as long as this is meant
const PALM = 60 // pixels: wider contacts are hands rather than fingers
const PEN_STAYS = 3000 // milliseconds after the pen was near in which touches are taken for the hand that holds it
const STEP = 1 // pixels between points that are kept
const TELLS_AFTER = 1000 // milliseconds after a stroke in which the canvas may not have told of it; it means to after 200
const LEAVES_AFTER = 5000 // milliseconds a press on a link waits at most until the app has the stroke
const POINTS_TOLD = 300 // of the stroke under way
const UNHEARD_AFTER = 2000 // milliseconds after which an answer is no longer waited for
const FOLLOWS = Symbol.for("digit-lab.canvas-guard")

const far = (a, b) => Math.hypot(a.x - b.x, a.y - b.y)

class Guard {
  contacts = new Map()
  drawer = null
  surface = null
  penSeen = -Infinity
  played = -Infinity
  last = { at: -Infinity, on: 0 }
  leaving = null
  playing = false
  told = { number: 0, at: -Infinity, later: 0 }
  data = {}

  start() {
    if (window[FOLLOWS] && window[FOLLOWS] !== this) window[FOLLOWS].stop()
    window[FOLLOWS] = this
    for (const [type, handler] of Object.entries(this.handlers)) {
      window.addEventListener(type, handler, { capture: true, passive: false }) // one handler is added once, however often asked
    }
  }

  stop() {
    for (const [type, handler] of Object.entries(this.handlers)) window.removeEventListener(type, handler, { capture: true })
    this.forget()
    clearTimeout(this.leaving?.timer)
    this.leaving = null
    if (window[FOLLOWS] === this) delete window[FOLLOWS]
  }

  handlers = {
    pointerdown: (event) => {
      const surface = this.under(event)
      if (!surface) return
      if (event.pointerType === "pen") this.penSeen = event.timeStamp
      if (event.button !== 0) return
      this.surface = surface
      this.down(`pointer ${event.pointerId}`, event.pointerType || "mouse", event, Math.max(event.width, event.height))
    },
    pointermove: (event) => {
      if (event.pointerType === "pen" && this.under(event)) this.penSeen = event.timeStamp
      const contact = this.contacts.get(`pointer ${event.pointerId}`)
      if (!contact) return
      if (contact.kind !== "touch" && !(event.buttons & 1)) return this.up(contact) // let go where nobody saw it
      const between = event.getCoalescedEvents?.() ?? []
      this.move(contact, between.length ? between : [event], Math.max(event.width, event.height))
    },
    pointerup: (event) => this.ended(`pointer ${event.pointerId}`, event),
    pointercancel: (event) => this.brokenOff(`pointer ${event.pointerId}`),
    mousedown: (event) => {
      const held = [...this.contacts.values()].some((contact) => contact.kind !== "touch")
      if (held && this.under(event)) event.stopImmediatePropagation()
    },
    touchstart: (event) => {
      const surface = this.under(event)
      if (!surface) return
      event.stopImmediatePropagation()
      if (event.cancelable) event.preventDefault()
      if ([...this.contacts.keys()].some((key) => key.startsWith("pointer"))) return
      this.surface = surface
      for (const touch of event.changedTouches) this.down(`touch ${touch.identifier}`, "touch", touch, 2 * (touch.radiusX ?? 0), event)
    },
    touchmove: (event) => {
      for (const touch of event.changedTouches) {
        const contact = this.contacts.get(`touch ${touch.identifier}`)
        if (contact) this.move(contact, [touch], 2 * (touch.radiusX ?? 0))
      }
    },
    touchend: (event) => {
      for (const touch of event.changedTouches) this.ended(`touch ${touch.identifier}`, touch)
    },
    touchcancel: (event) => {
      for (const touch of event.changedTouches) this.brokenOff(`touch ${touch.identifier}`)
    },
    click: (event) => {
      const waits = this.tell() || this.leaving
      const link = event.target.closest?.("a[href]")
      if (!waits || !link || event.ctrlKey || event.metaKey || event.shiftKey) return
      event.preventDefault()
      event.stopImmediatePropagation()
      this.leaving ??= { known: this.data.strokes, since: performance.now() }
      this.leaving.link = link // whatever link is pressed last
      this.leave()
    },
    blur: (event) => event.target === window && this.breakOffAll(),
    visibilitychange: () => document.hidden && this.breakOffAll(),
    pagehide: () => this.breakOffAll(),
  }

  under(event) {
    if (this.playing) return null
    return event.composedPath().find((element) => element.matches?.("canvas.upper-canvas")) ?? null
  }

  place({ clientX, clientY }) {
    const box = this.surface.getBoundingClientRect()
    return { x: ((clientX - box.left) * this.surface.width) / box.width, y: ((clientY - box.top) * this.surface.height) / box.height }
  }

  down(key, kind, where, size, event = where) {
    const first = this.place(where)
    const marks = new Map([...this.contacts].map(([other, contact]) => [other, contact.travel]))
    const contact = { key, kind, points: [first], anchor: first, reach: 0, travel: 0, size, marks, alone: !this.contacts.size }
    const penNear = event.timeStamp - this.penSeen < PEN_STAYS || [...this.contacts.values()].some((other) => other.kind === "pen")
    contact.rests = kind === "touch" && penNear
    for (const other of this.contacts.values()) other.alone = false
    this.contacts.set(key, contact)
    if (kind === "touch") return
    if (kind === "pen" && this.drawer?.kind === "touch") this.putToRest()
    if (!this.drawer) this.begin(contact)
  }

  move(contact, places, size) {
    for (const where of places) {
      const point = this.place(where)
      contact.reach = Math.max(contact.reach, far(point, contact.points[0]))
      if (far(point, contact.anchor) >= 3) {
        contact.travel += far(point, contact.anchor)
        contact.anchor = point
      }
      if (far(point, contact.points.at(-1)) < STEP) continue
      contact.points.push(point)
      if (contact === this.drawer) this.showPiece(contact.points)
    }
    if (contact === this.drawer) this.tellUnderWay()
    contact.size = Math.max(contact.size, size)
    if (contact === this.drawer || contact.kind !== "touch" || contact.rests) return
    if (!this.drawer) {
      if (contact.reach >= STARTS && (contact.alone || contact.size < PALM)) this.begin(contact)
    } else if (this.drawer.kind === "touch" && this.isHand(this.drawer, contact)) {
      this.putToRest()
      this.begin(contact)
    }
  }

  // Whether the touch that draws is a hand that slid a little, and the other one is what draws.
  isHand(drawer, other) {
    const moved = drawer.travel - (other.marks.get(drawer.key) ?? 0)
    const movedOther = other.travel - (drawer.marks.get(other.key) ?? 0)
    const wide = drawer.size >= PALM && drawer.size > other.size
    return movedOther > 3 * moved + 12 && (drawer.reach < CERTAIN || wide)
  }

  ended(key, where) {
    const contact = this.contacts.get(key)
    if (!contact) return
    if (contact === this.drawer || contact.kind !== "touch") this.move(contact, [where], 0)
    this.up(contact)
  }

  up(contact) {
    this.contacts.delete(contact.key)
    if (contact === this.drawer) this.finish(contact, contact.points)
    else if (this.isTap(contact)) this.play(contact.points.slice(0, 1))
  }

  // A fingertip's dot; but whoever draws with a pen puts down a hand, however long ago the pen was near.
  isTap(contact) {
    return contact.kind === "touch" && contact.alone && !contact.rests && !this.drawer && this.penSeen === -Infinity
  }

  brokenOff(key) {
    const contact = this.contacts.get(key)
    if (!contact) return
    this.contacts.delete(key)
    if (contact === this.drawer) this.finish(contact, contact.reach >= 2 * STARTS ? contact.points : [])
  }

  breakOffAll() {
    for (const key of [...this.contacts.keys()]) this.brokenOff(key)
  }

  // The canvas's own button for it, which is hidden: the app hears of the drawing before it hears of what is pressed.
  // Returns whether there was something to tell.
  tell() {
    if (performance.now() - this.played > TELLS_AFTER) return false
    this.played = -Infinity
    this.surface.getRootNode().querySelector(".dc-toolbar .dc-icon-button")?.click()
    return true
  }

  // Whether the app may still not know of the last stroke.
  get unheard() {
    return this.data.strokes === this.last.on && performance.now() - this.last.at <= LEAVES_AFTER
  }

  // A page that is left while the app still reads the drawing takes it along: the link is followed once the app knows of another stroke.
  leave() {
    const { known, since, link } = this.leaving
    clearTimeout(this.leaving.timer)
    if (this.data.strokes === known && performance.now() - since <= LEAVES_AFTER) {
      this.leaving.timer = setTimeout(() => this.leave(), 50)
      return
    }
    this.leaving = null
    link.click()
  }

  // Tells of the stroke under way, or that there is none any more; once the app has answered, of what came since.
  tellUnderWay() {
    const { told, data } = this
    clearTimeout(told.later)
    if (!data.live || !this.say) return
    const now = performance.now()
    if (data.heard !== told.number && now - told.at < UNHEARD_AFTER) {
      told.later = setTimeout(() => this.tellUnderWay(), 100)
      return
    }
    const points = this.drawer?.points ?? []
    if (points.length === told.points && this.drawer === told.of) return
    this.told = { number: told.number + 1, at: now, later: 0, points: points.length, of: this.drawer }
    const every = Math.ceil(points.length / POINTS_TOLD)
    const some = points.filter((_, place) => place % every === 0 || place === points.length - 1)
    this.say("moving", { number: this.told.number, strokes: data.strokes, points: some.map(({ x, y }) => [x, y]) })
  }

  forget() {
    clearTimeout(this.told.later)
    this.contacts.clear()
    this.drawer = null
  }

  begin(contact) {
    this.drawer = contact
    for (let count = 1; count <= contact.points.length; count++) this.showPiece(contact.points.slice(0, count))
  }

  // The touch that drew was a hand: its ink goes, and it leaves none until it is lifted.
  putToRest() {
    this.drawer.rests = true
    this.drawer = null
    this.wipe()
    this.tellUnderWay()
  }

  finish(contact, points) {
    this.drawer = null
    for (const other of this.contacts.values()) other.rests = true // they were there while another drew
    this.wipe()
    clearTimeout(this.told.later) // from now on the canvas tells: an app that heard of no stroke first would show none for a moment
    if (points.length) this.play(points)
    else this.tellUnderWay()
  }

  // Ink from the middle before the last but one point to the middle after it, as the canvas's own pen goes.
  showPiece(points) {
    const pen = this.surface.getContext("2d")
    const [before, turn, after] = [points.at(-3), points.at(-2), points.at(-1)]
    const middle = (a, b) => [(a.x + b.x) / 2, (a.y + b.y) / 2]
    pen.save()
    Object.assign(pen, { lineCap: "round", lineJoin: "round", lineWidth: this.data.brush, strokeStyle: this.data.ink })
    pen.beginPath()
    if (!turn) {
      pen.moveTo(after.x - 0.01, after.y)
      pen.lineTo(after.x + 0.01, after.y)
    } else {
      pen.moveTo(...(before ? middle(before, turn) : [turn.x, turn.y]))
      pen.quadraticCurveTo(turn.x, turn.y, ...middle(turn, after))
    }
    pen.stroke()
    pen.restore()
  }

  wipe() {
    const pen = this.surface.getContext("2d")
    pen.save()
    pen.setTransform(1, 0, 0, 1, 0, 0)
    pen.clearRect(0, 0, this.surface.width, this.surface.height)
    pen.restore()
  }

  play(points) {
    if (!points.length || !this.surface.isConnected) return
    const box = this.surface.getBoundingClientRect()
    const send = (type, point, buttons) => {
      const clientX = box.left + (point.x * box.width) / this.surface.width
      const clientY = box.top + (point.y * box.height) / this.surface.height
      const options = { bubbles: true, composed: true, cancelable: true, isPrimary: true, pointerType: "mouse", view: window }
      // Only a pointer's event carries fractions of a pixel.
      this.surface.dispatchEvent(new PointerEvent(type, { ...options, clientX, clientY, button: 0, buttons }))
    }
    this.playing = true
    this.played = performance.now()
    this.last = { at: this.played, on: this.data.strokes }
    try {
      send("mousedown", points[0], 1)
      for (const point of points.slice(1)) send("mousemove", point, 1)
      send("mouseup", points.at(-1), 0)
    } finally {
      this.playing = false
    }
  }
}

// The canvas keeps its pixels and lies on the screen as large as its column; a light guide shows where digits usually stand.
const OWN_STYLES = `
  .dc-root { width: 100% }
  .dc-scroll { overflow: visible }
  .dc-container { aspect-ratio: 1; height: auto !important; width: 100% !important }
  .dc-container canvas, .dc-container .canvas-container { height: 100% !important; width: 100% !important }
  .dc-container::after { border: 1px dashed var(--white); border-radius: 12%; content: ""; inset: 14% 24%; opacity: 0.22; pointer-events: none; position: absolute; z-index: 20 }
  .dc-toolbar { display: none !important }
  canvas.upper-canvas:focus-visible { outline: 3px solid var(--amber); outline-offset: 2px }
  .own-cursor { display: none; position: absolute; width: 18px; height: 18px; margin: -12px; border: 3px solid var(--amber); border-radius: 50%; pointer-events: none }
  .own-cursor.shown { display: block }
  .own-cursor.down { background: var(--amber) }
  .own-told { position: absolute; inset: auto 0 0 0; margin: 0; padding: 2px 6px; font: 12px/1.35 system-ui, sans-serif; color: var(--white); background: rgb(0 0 0 / 70%); pointer-events: none }
  .own-told:empty { display: none }
`

const guard = new Guard()
const pens = new WeakMap()
let waiting = 0

function name(label) {
  clearTimeout(waiting)
  const host = document.querySelector(".st-key-canvas")
  const inside = host && [...host.querySelectorAll("*")].map((element) => element.shadowRoot).find((root) => root)
  const surface = inside?.querySelector("canvas.upper-canvas")
  if (!surface) {
    waiting = setTimeout(name, 100, label)
    return
  }
  surface.setAttribute("role", guard.data.keys ? "application" : "img")
  surface.setAttribute("aria-label", label)
  if (guard.data.keys) {
    surface.setAttribute("aria-description", guard.data.keys.how)
    if (!pens.has(surface)) pens.set(surface, new KeyboardPen(guard, surface))
  }
  if (!inside.querySelector(".own-tools-hidden")) {
    const style = document.createElement("style")
    style.className = "own-tools-hidden"
    style.textContent = OWN_STYLES
    inside.appendChild(style)
  }
}

export default function ({ data, parentElement, setStateValue }) {
  const element = keep(parentElement.querySelector("span"), () => ({}), end)
  guard.data = data
  guard.say = setStateValue
  guard.element = element
  guard.start()
  name(data.label)
  return element.cleanup
}

// Another element of this kind may have taken the guard over since.
function end(element) {
  if (guard.element !== element) return
  clearTimeout(waiting)
  guard.stop()
}
