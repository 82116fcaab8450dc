/// A grid of small images, each with a caption.
public struct ImageGrid: Panel {
  /// The text above.
  public var title: String?
  /// The images, row by row.
  public var images: [RasterImage]
  /// A text under each image; may be shorter than `images`.
  public var captions: [String]
  /// The number of images in a row.
  public var columns: Int
  /// Units of the drawing per pixel; images that would not fit are drawn smaller.
  public var scale: Int

  /// Creates a grid of images.
  ///
  /// - Parameters:
  ///   - title: The text above.
  ///   - images: The images, row by row.
  ///   - captions: A text under each image; may be shorter than `images`.
  ///   - columns: The number of images in a row.
  ///   - scale: Units of the drawing per pixel; images that would not fit are drawn smaller.
  public init(
    title: String? = nil, images: [RasterImage], captions: [String] = [], columns: Int,
    scale: Int = 1
  ) {
    self.title = title
    self.images = images
    self.captions = captions
    self.columns = max(1, columns)
    self.scale = max(1, scale)
  }

  private static let gap = 8.0
  private static let captionHeight = 15.0

  /// The height of all rows.
  public func height(forWidth width: Double) -> Double { Layout(self, width: width).height }

  /// Draws the images row by row.
  public func draw(on canvas: inout SVGCanvas, in box: Box) {
    let layout = Layout(self, width: box.width)
    for (index, line) in layout.title.enumerated() {
      canvas.write(
        line,
        at: Point(box.center.x, box.y + (Double(index) + 0.5) * PlotLayout.titleHeight),
        style: TextStyle(.large, anchor: .middle))
    }
    for (index, image) in images.enumerated() {
      let cell = layout.cell(index, in: box)
      let position = Box(
        x: cell.center.x - Double(image.width) * layout.scale / 2, y: cell.y,
        width: Double(image.width) * layout.scale, height: Double(image.height) * layout.scale)
      canvas.draw(image: image, in: position)
      canvas.draw(
        lines: [
          [
            Point(position.x, position.y), Point(position.maxX, position.y),
            Point(position.maxX, position.maxY),
            Point(position.x, position.maxY), Point(position.x, position.y),
          ]
        ], stroke: Stroke(.grid))
      for (line, text) in layout.lines(of: index).enumerated() {
        canvas.write(
          text,
          at: Point(
            cell.center.x,
            cell.y + layout.imageHeight + (Double(line) + 0.55) * Self.captionHeight),
          style: TextStyle(.small, anchor: .middle))
      }
    }
    if images.isEmpty {
      canvas.write(
        "no images", at: box.center, style: TextStyle(.medium, anchor: .middle, paint: .muted))
    }
  }

  /// The sizes of cells: as large as `scale` asks, smaller where a row would not fit.
  private struct Layout {
    let grid: ImageGrid
    let title: [String]
    let width: Double
    let scale: Double
    let imageHeight: Double
    let captionLines: Int

    init(_ grid: ImageGrid, width: Double) {
      self.grid = grid
      self.width = width
      title = TextMetrics.wrapped(grid.title ?? "", to: width - 8, .large, lines: 2)
      let columns = Double(grid.columns)
      let widest = Double(max(grid.images.map(\.width).max() ?? 1, 1))
      let room = max((width - (columns + 1) * ImageGrid.gap) / columns, 4)
      scale = min(Double(grid.scale), room / widest)
      imageHeight = Double(grid.images.map(\.height).max() ?? 0) * scale
      let cellWidth = Self.cellWidth(grid, width: width, widest: widest * scale)
      captionLines =
        grid.captions.map {
          TextMetrics.wrapped($0, to: cellWidth - 10, .small, lines: 2).count
        }.max() ?? 0
      columnWidth = cellWidth
    }

    private let columnWidth: Double

    /// Captions may be wider than images: columns take what they need, up to an equal share.
    private static func cellWidth(_ grid: ImageGrid, width: Double, widest: Double) -> Double {
      let texts = grid.captions.map { TextMetrics.width(of: $0, .small) }.max() ?? 0
      let share = (width - ImageGrid.gap) / Double(grid.columns)
      return min(max(widest, texts + 4) + ImageGrid.gap, share)
    }

    private var rows: Int { (grid.images.count + grid.columns - 1) / grid.columns }

    private var rowHeight: Double {
      imageHeight + Double(captionLines) * ImageGrid.captionHeight + ImageGrid.gap
    }

    private var top: Double { Double(title.count) * PlotLayout.titleHeight + ImageGrid.gap }

    var height: Double { top + max(Double(rows) * rowHeight, 30) }

    func cell(_ index: Int, in box: Box) -> Box {
      let shown = min(grid.columns, max(grid.images.count, 1))
      let left = box.x + (box.width - Double(shown) * columnWidth) / 2
      return Box(
        x: left + Double(index % grid.columns) * columnWidth,
        y: box.y + top + Double(index / grid.columns) * rowHeight, width: columnWidth,
        height: rowHeight)
    }

    func lines(of index: Int) -> [String] {
      guard index < grid.captions.count else { return [] }
      return TextMetrics.wrapped(grid.captions[index], to: columnWidth - 10, .small, lines: 2)
    }
  }
}
