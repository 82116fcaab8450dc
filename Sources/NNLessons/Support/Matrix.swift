import NNCore
import NNDrawing
import NNFormats
import NNGraph

/// A matrix of numbers: an image or a filter.
struct Matrix: Sendable, Hashable {
  let rows: Int
  let columns: Int
  /// Row by row, the top one first.
  let values: [Double]

  /// Creates a matrix from its numbers, the top row first.
  init(rows: Int, columns: Int, _ values: [Double]) {
    precondition(
      values.count == rows * columns, "expected \(rows) x \(columns) numbers, found \(values.count)"
    )
    self.rows = rows
    self.columns = columns
    self.values = values
  }

  /// Creates a matrix from its rows, the top one first.
  init(_ rows: [[Double]]) {
    self.init(rows: rows.count, columns: rows.first?.count ?? 0, rows.flatMap { $0 })
  }

  /// The last two axes of a tensor, at an index of the axes before.
  init(_ tensor: HostTensor, at index: Int = 0) {
    let (rows, columns) = (tensor.shape[-2], tensor.shape[-1])
    let count = rows * columns
    self.init(
      rows: rows, columns: columns, Array(tensor.doubles[index * count..<(index + 1) * count]))
  }

  subscript(row: Int, column: Int) -> Double { values[row * columns + column] }

  /// The transpose.
  var transposed: Matrix {
    Matrix(
      rows: columns, columns: rows,
      (0..<columns).flatMap { column in (0..<rows).map { self[$0, column] } })
  }

  /// The matrix with each element mapped.
  func map(_ change: (Double) -> Double) -> Matrix {
    Matrix(rows: rows, columns: columns, values.map(change))
  }

  /// The convolution with a filter, by the engine in Float64.
  func convolved(with filter: Matrix) throws(NNError) -> Matrix {
    let graph = Graph()
    let image = graph.constant(HostTensor(values, shape: [1, 1, rows, columns]))
    let weight = graph.constant(
      HostTensor(filter.values, shape: [1, 1, filter.rows, filter.columns]))
    let function = try Function(graph, outputs: ["result": image.conv2D(weight)])
    try function()
    return Matrix(try function.read("result"))
  }

  /// Cells with their numbers.
  func cells(title: String, range: ClosedRange<Double>? = nil, window: Matrix.Window? = nil) -> Plot
  {
    let (width, height) = (Double(columns), Double(rows))
    // Heat maps count rows from the bottom.
    let upwards = (0..<rows).reversed().flatMap { row in (0..<columns).map { self[row, $0] } }
    var marks: [any Mark] = [
      HeatMap(
        x: 0...width, y: 0...height, columns: columns, rows: rows, values: upwards,
        colors: .diverging, range: range, bar: false, showsValues: true)
    ]
    if let window {
      let (left, right) = (Double(window.column), Double(window.column + window.columns))
      let (top, bottom) = (height - Double(window.row), height - Double(window.row + window.rows))
      marks.append(
        Line(
          x: [left, right, right, left, left], y: [top, top, bottom, bottom, top],
          color: .emphasis, width: 4, dash: .solid))
    }
    return Plot(
      title: title, x: Axis(range: 0...width, ticks: []), y: Axis(range: 0...height, ticks: []),
      keepsAspect: true, legend: .hidden, marks: marks)
  }

  /// A window of a matrix, from its top left cell.
  struct Window: Sendable {
    var row: Int
    var column: Int
    var rows: Int
    var columns: Int
  }

  /// The matrix as an image, its numbers as colours.
  func image(_ colors: ColorMap = .gray, range: ClosedRange<Double>? = nil) -> RasterImage {
    RasterImage(width: columns, height: rows, values: values, colors: colors, range: range)
  }
}

extension Matrix {
  /// A photograph in 144 × 144 numbers from 0 (black) to 1.
  ///
  /// Eileen Collins, astronaut, in 1992. The image is NASA's, from its Great Images collection
  /// (https://flic.kr/p/r9qvLn), and in the public domain; it comes as `astronaut.png` with
  /// scikit-image 0.26 and was made grey and smaller here. `Assets/astronaut.idx.gz` holds it as
  /// gzip-compressed IDX.
  static func photograph() throws(NNError) -> Matrix {
    let tensor = try IDX.decode(Asset.bytes("astronaut.idx.gz"), at: "astronaut.idx.gz")
    return Matrix(tensor).map { $0 / 255 }
  }
}
