// Drawing with the keyboard: a cursor on the canvas that arrows move, a pen that the space bar puts down and lifts, all told in words. The
// strokes go the way of every other stroke; knows no network and no page.
const STRIDE = 20 // pixels of the canvas that an arrow goes
const SMALL_STRIDE = 4 // with Shift
const ARROWS = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1] }

class KeyboardPen {
  constructor(guard, surface) {
    this.guard = guard
    this.surface = surface
    this.at = { x: surface.width / 2, y: surface.height / 2 }
    this.stroke = null
    this.cursor = document.createElement("i")
    this.told = document.createElement("p")
    this.cursor.className = "own-cursor"
    this.told.className = "own-told"
    this.told.setAttribute("role", "status")
    surface.tabIndex = 0
    surface.after(this.cursor, this.told)
    surface.addEventListener("keydown", (event) => this.press(event))
    surface.addEventListener("focus", () => surface.matches(":focus-visible") && this.begin())
    surface.addEventListener("blur", () => this.leave())
    surface.addEventListener("pointerdown", () => this.leave())
  }

  get words() {
    return this.guard.data.keys
  }

  begin() {
    this.cursor.classList.add("shown")
    this.tell(this.words.how)
    this.place()
  }

  leave() {
    if (this.stroke) this.lift([])
    this.cursor.classList.remove("shown")
    this.told.textContent = ""
  }

  press(event) {
    if (event.ctrlKey || event.metaKey || event.altKey) return
    const key = event.key.length === 1 ? event.key.toLowerCase() : event.key
    const turn = () => (this.stroke ? this.lift(this.stroke.points) : this.lower())
    const deeds = {
      " ": turn,
      Enter: turn,
      Escape: this.stroke && (() => (this.lift([]), this.tell(this.words.dropped))),
      u: () => this.click("undo", this.words.undone),
      c: () => this.click("clear", this.words.cleared),
    }
    const deed = ARROWS[key] ? () => this.go(...ARROWS[key], event.shiftKey) : deeds[key]
    if (!deed) return
    event.preventDefault()
    event.stopPropagation()
    this.cursor.classList.add("shown")
    deed()
  }

  go(right, down, small) {
    const stride = small ? SMALL_STRIDE : STRIDE
    const inside = (value, most) => Math.min(Math.max(value, 0), most)
    const from = this.at
    this.at = { x: inside(from.x + right * stride, this.surface.width), y: inside(from.y + down * stride, this.surface.height) }
    if (this.stroke && far(from, this.at)) {
      for (const share of [0.25, 0.5, 0.75, 1]) {
        this.stroke.points.push({ x: from.x + share * (this.at.x - from.x), y: from.y + share * (this.at.y - from.y) })
        this.guard.showPiece(this.stroke.points)
      }
      this.guard.tellUnderWay()
    }
    this.place()
    const share = (value, whole) => Math.round((100 * value) / whole)
    const words = this.stroke ? this.words.drawing : this.words.at
    this.tell(words.replace("{across}", share(this.at.x, this.surface.width)).replace("{down}", share(this.at.y, this.surface.height)))
  }

  lower() {
    if (this.guard.drawer) return // a finger draws
    this.guard.surface = this.surface
    this.stroke = { key: "keys", kind: "keys", points: [{ ...this.at }] }
    this.guard.drawer = this.stroke
    this.guard.showPiece(this.stroke.points)
    this.cursor.classList.add("down")
    this.tell(this.words.lowered)
  }

  lift(points) {
    const drawn = this.guard.drawer === this.stroke
    this.stroke = null
    this.cursor.classList.remove("down")
    if (drawn) this.guard.finish(null, points)
    this.tell(this.words.lifted)
  }

  // As if the button had been pressed. One that is grey because the app does not know of the last stroke yet is pressed once it does.
  click(name, told) {
    if (this.stroke) this.lift([])
    const button = document.querySelector(`.st-key-${name} button`)
    if (button && !button.disabled) {
      button.click()
      return this.tell(told)
    }
    if (!this.guard.unheard) return this.tell(this.words.nothing)
    this.guard.tell()
    setTimeout(() => this.click(name, told), 50)
  }

  place() {
    this.cursor.style.left = (100 * this.at.x) / this.surface.width + "%"
    this.cursor.style.top = (100 * this.at.y) / this.surface.height + "%"
  }

  tell(words) {
    this.told.textContent = words
  }
}
