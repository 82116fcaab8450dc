/// The outline of a symbol as a path that starts at its middle.
enum SymbolShape {
  /// A point drawn with a round cap of this radius.
  case dot(radius: Double)
  /// A closed outline to fill.
  case outline(String)
  /// Lines to stroke.
  case strokes(String, width: Double)

  /// The shape of a symbol; all shapes of a size look equally large.
  init(_ symbol: Symbol, size: Double) {
    func steps(_ pairs: [(Double, Double)]) -> String {
      pairs.map { x, y in
        var bytes: [UInt8] = []
        SVGNumber(x).append(to: &bytes)
        SVGNumber(y).appendNext(to: &bytes)
        return String(decoding: bytes, as: UTF8.self)
      }.joined(separator: " ")
    }
    switch symbol {
    case .automatic, .circle: self = .dot(radius: size)
    case .square:
      let side = 1.8 * size
      self = .outline(
        "m" + steps([(-side / 2, -side / 2), (side, 0), (0, side), (-side, 0)]) + "z")
    case .triangle:
      let half = 1.2 * size
      self = .outline("m" + steps([(0, -1.2 * half), (half, 2 * half), (-2 * half, 0)]) + "z")
    case .diamond:
      let half = 1.35 * size
      self = .outline(
        "m" + steps([(0, -half), (half, half), (-half, half), (-half, -half)]) + "z")
    case .cross:
      let arm = size
      self = .strokes(
        "m" + steps([(-arm, -arm), (2 * arm, 2 * arm)]) + "m"
          + steps([(-2 * arm, 0), (2 * arm, -2 * arm)]), width: max(1, 0.6 * size))
    case .plus:
      let arm = 1.25 * size
      self = .strokes(
        "m" + steps([(-arm, 0), (2 * arm, 0)]) + "m" + steps([(-arm, -arm), (0, 2 * arm)]),
        width: max(1, 0.6 * size))
    }
  }

  /// The path after the move to the middle.
  var path: String {
    switch self {
    case .dot: "h0"
    case .outline(let text), .strokes(let text, _): text
    }
  }
}
