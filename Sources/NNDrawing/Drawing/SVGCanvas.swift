/// Writes marks as elements of an SVG file.
public struct SVGCanvas: Canvas {
  /// Whether small images are written with larger pixels, for viewers that would blur them.
  private let enlargesImages: Bool
  /// The elements so far.
  private(set) var bytes: [UInt8] = []

  /// Units are square.
  public let unitAspect = 1.0
  /// Units are those of the file.
  public let strokeScale = 1.0

  init(enlargesImages: Bool = false) { self.enlargesImages = enlargesImages }

  /// The height of a line of text.
  public func lineHeight(_ size: TextSize) -> Double { 1.3 * TextMetrics.points(size) }

  /// The width of a text.
  public func width(of text: String, _ size: TextSize) -> Double {
    TextMetrics.width(of: text, size)
  }

  /// Draws lines through points, thinned to what the resolution shows.
  public mutating func draw(lines: [[Point]], stroke: Stroke) {
    let drawn = lines.map { Thinning.thinned($0, step: 0.75) }.filter { $0.count > 1 }
    guard !drawn.isEmpty, stroke.width > 0 else { return }
    open("path", stroke)
    bytes += " d=\"".utf8
    for line in drawn { append(line, isClosed: false) }
    bytes += "\"/>\n".utf8
  }

  /// Fills the inside of rings.
  public mutating func fill(rings: [[Point]], paint: Paint, opacity: Double) {
    let drawn = rings.map { Thinning.thinned($0, step: 0.75) }.filter { $0.count > 2 }
    guard !drawn.isEmpty else { return }
    bytes += "<path fill-rule=\"evenodd\"".utf8
    appendFill(paint, opacity: opacity)
    bytes += " d=\"".utf8
    for ring in drawn { append(ring, isClosed: true) }
    bytes += "\"/>\n".utf8
  }

  /// Fills rectangles.
  public mutating func fill(boxes: [Box], paint: Paint, opacity: Double) {
    let drawn = boxes.filter { $0.width > 0 && $0.height > 0 }
    guard !drawn.isEmpty else { return }
    bytes += "<path".utf8
    // Neighbouring cells must not let a seam between them show through.
    if case .fixed = paint { bytes += " shape-rendering=\"crispEdges\"".utf8 }
    appendFill(paint, opacity: opacity)
    bytes += " d=\"".utf8
    for box in drawn {
      let left = SVGNumber(box.x)
      let top = SVGNumber(box.y)
      let width = SVGNumber(hundredths: SVGNumber(box.maxX).hundredths - left.hundredths)
      let height = SVGNumber(hundredths: SVGNumber(box.maxY).hundredths - top.hundredths)
      bytes.append(UInt8(ascii: "M"))
      left.append(to: &bytes)
      top.appendNext(to: &bytes)
      bytes.append(UInt8(ascii: "h"))
      width.append(to: &bytes)
      bytes.append(UInt8(ascii: "v"))
      height.append(to: &bytes)
      bytes.append(UInt8(ascii: "h"))
      SVGNumber(hundredths: -width.hundredths).append(to: &bytes)
      bytes.append(UInt8(ascii: "z"))
    }
    bytes += "\"/>\n".utf8
  }

  /// Draws a symbol at each point; where there are many, hidden ones are left out.
  public mutating func draw(
    symbols positions: [Point], symbol: Symbol, size: Double, paint: Paint, hasHalo: Bool
  ) {
    let drawn = Self.apart(positions)
    guard !drawn.isEmpty, size > 0 else { return }
    if hasHalo { append(drawn, symbol, size: size, paint: .background, edge: 1.2) }
    append(drawn, symbol, size: size, paint: paint, edge: 0)
  }

  /// Writes a line of text, which can be selected.
  public mutating func write(_ text: String, at position: Point, style: TextStyle) {
    guard !text.isEmpty else { return }
    bytes += "<text class=\"\(style.size) ".utf8
    bytes += "f\(StyleSheet.name(style.paint) ?? "t")\(style.hasHalo ? " halo" : "")\"".utf8
    if case .fixed(let color) = style.paint { bytes += " style=\"fill:\(color.hex)\"".utf8 }
    // Half the height of a capital letter centres the text at its point.
    let drop = 0.36 * TextMetrics.points(style.size)
    if style.rotation == 0 {
      bytes +=
        " x=\"\(SVGNumber(position.x).text)\" y=\"\(SVGNumber(position.y + drop).text)\"".utf8
    } else {
      let (x, y) = (SVGNumber(position.x).text, SVGNumber(position.y).text)
      bytes += " transform=\"translate(\(x) \(y)) rotate(\(SVGNumber(style.rotation).text))\"".utf8
      bytes += " y=\"\(SVGNumber(drop).text)\"".utf8
    }
    switch style.anchor {
    case .start: break
    case .middle: bytes += " text-anchor=\"middle\"".utf8
    case .end: bytes += " text-anchor=\"end\"".utf8
    }
    bytes += ">".utf8
    append(content: text)
    bytes += "</text>\n".utf8
  }

  /// Draws pixels as an embedded PNG.
  public mutating func draw(image: RasterImage, in box: Box) {
    guard image.width > 0, image.height > 0 else { return }
    let (x, y) = (SVGNumber(box.x).text, SVGNumber(box.y).text)
    let (width, height) = (SVGNumber(box.width).text, SVGNumber(box.height).text)
    bytes += "<image x=\"\(x)\" y=\"\(y)\" width=\"\(width)\" height=\"\(height)\"".utf8
    let image = enlargesImages ? image.enlarged(to: 2 * max(box.width, box.height)) : image
    bytes += " preserveAspectRatio=\"none\" href=\"\(PNGEncoder.dataAddress(image))\"/>\n".utf8
  }

  /// Adds elements that are SVG already.
  ///
  /// Texts in them must be escaped; identifiers must be unique in a page.
  public mutating func add(raw text: String) { bytes += text.utf8 }

  // MARK: Parts

  private mutating func open(_ element: String, _ stroke: Stroke) {
    bytes += "<\(element)".utf8
    if let name = StyleSheet.name(stroke.paint) {
      bytes += " class=\"s\(name)\"".utf8
    } else if case .fixed(let color) = stroke.paint {
      bytes += " stroke=\"\(color.hex)\"".utf8
    }
    if stroke.width != 1 { bytes += " stroke-width=\"\(SVGNumber(stroke.width).text)\"".utf8 }
    let unit = max(1, stroke.width)
    let pattern: [Double] =
      switch stroke.dash {
      case .automatic, .solid: []
      case .dashed: [3 * unit, 2 * unit]
      case .dotted: [unit, 1.5 * unit]
      case .dashDotted: [4 * unit, 1.5 * unit, unit, 1.5 * unit]
      }
    guard !pattern.isEmpty else { return }
    let text = pattern.map { SVGNumber($0).text }.joined(separator: " ")
    bytes += " stroke-dasharray=\"\(text)\"".utf8
  }

  private mutating func appendFill(_ paint: Paint, opacity: Double) {
    var opacity = opacity
    if let name = StyleSheet.name(paint) {
      bytes += " class=\"f\(name)\"".utf8
    } else if case .fixed(let color) = paint {
      bytes += " fill=\"\(color.hex)\"".utf8
      opacity *= Double(color.alpha) / 255
    }
    if opacity < 1 { bytes += " fill-opacity=\"\(SVGNumber(opacity).text)\"".utf8 }
  }

  private mutating func append(_ points: [Point], isClosed: Bool) {
    guard let first = points.first else { return }
    var x = SVGNumber(first.x)
    var y = SVGNumber(first.y)
    bytes.append(UInt8(ascii: "M"))
    x.append(to: &bytes)
    y.appendNext(to: &bytes)
    var isFirst = true
    for point in points.dropFirst() {
      let (nextX, nextY) = (SVGNumber(point.x), SVGNumber(point.y))
      let stepX = SVGNumber(hundredths: nextX.hundredths - x.hundredths)
      let stepY = SVGNumber(hundredths: nextY.hundredths - y.hundredths)
      if stepX.hundredths == 0, stepY.hundredths == 0 { continue }
      if isFirst {
        bytes.append(UInt8(ascii: "l"))
        stepX.append(to: &bytes)
      } else {
        stepX.appendNext(to: &bytes)
      }
      stepY.appendNext(to: &bytes)
      isFirst = false
      (x, y) = (nextX, nextY)
    }
    if isFirst { bytes += "h0".utf8 }
    if isClosed { bytes.append(UInt8(ascii: "z")) }
  }

  /// Points without those that another symbol hides, where there are many.
  private static func apart(_ positions: [Point]) -> [Point] {
    let finite = positions.filter(\.isFinite)
    guard finite.count > 1000 else { return finite }
    var taken: Set<Point> = []
    return finite.filter {
      taken.insert(Point($0.x.rounded(), $0.y.rounded())).inserted
    }
  }

  private mutating func append(
    _ positions: [Point], _ symbol: Symbol, size: Double, paint: Paint, edge: Double
  ) {
    let shape = SymbolShape(symbol, size: size)
    let name = StyleSheet.name(paint) ?? "t"
    bytes += "<path class=\"".utf8
    switch shape {
    case .dot(let radius):
      let width = SVGNumber(2 * (radius + edge)).text
      bytes += "s\(name)\" stroke-linecap=\"round\" stroke-width=\"\(width)\"".utf8
    case .strokes(_, let width):
      let width = SVGNumber(width + 2 * edge).text
      bytes += "s\(name)\" stroke-width=\"\(width)\"".utf8
    case .outline:
      bytes +=
        edge > 0
        ? "s\(name)\" stroke-width=\"\(SVGNumber(2 * edge).text)\"".utf8
        : "f\(name)\"".utf8
    }
    bytes += " d=\"".utf8
    for position in positions {
      bytes.append(UInt8(ascii: "M"))
      SVGNumber(position.x).append(to: &bytes)
      SVGNumber(position.y).appendNext(to: &bytes)
      bytes += shape.path.utf8
    }
    bytes += "\"/>\n".utf8
  }

  /// Text with superscripts raised and subscripts lowered.
  private mutating func append(content text: String) {
    var level = 0.0
    let parts = Script.parts(of: text)
    for (index, (part, script)) in parts.enumerated() {
      // Some readers drop ordinary spaces where an element begins or ends.
      let part = parts.count > 1 ? Self.keepingSpaces(part, isFirst: index == 0) : part
      let target = script.map { $0 ? -0.32 : 0.18 } ?? 0
      let scale = script == nil ? 1 : TextMetrics.scriptScale
      if script == nil, level == 0 {
        bytes += escaped(part).utf8
      } else {
        bytes += "<tspan dy=\"\(SVGNumber((target - level) / scale).text)em\"".utf8
        if script != nil { bytes += " font-size=\"\(SVGNumber(scale).text)em\"".utf8 }
        bytes += ">\(escaped(part))</tspan>".utf8
      }
      level = target
    }
  }

  /// A part of a text whose spaces at its ends are no-break spaces.
  private static func keepingSpaces(_ part: String, isFirst: Bool) -> String {
    let inner = part.drop { $0 == " " }
    let body = inner.reversed().drop { $0 == " " }.reversed()
    let space = "\u{A0}"
    let before = isFirst ? "" : String(repeating: space, count: part.count - inner.count)
    return before + String(body) + String(repeating: space, count: inner.count - body.count)
  }
}
