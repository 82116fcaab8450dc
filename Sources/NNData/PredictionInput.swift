public import NNCore
import NNFormats

/// Inputs without targets, for a trained network.
public enum PredictionInput {
  /// Reads a file by its extension.
  ///
  /// - Parameters:
  ///   - path: `.npy`, `.npz` (the array `x`, or the only one) or `.csv`/`.tsv`.
  ///   - features: The names of the input columns the network was trained with; a CSV file whose
  ///     first row holds all of them may have others too. Without them, or in a file without that
  ///     row, every column is an input.
  /// - Returns: The inputs [N, …]; uint8 counts as pictures, to be divided by 255.
  /// - Throws: `NNError` for unknown extensions, damaged files and values that are no numbers.
  public static func read(
    _ path: String, features: [String]? = nil
  ) throws(NNError) -> HostTensor {
    switch path.split(separator: ".").last.map(String.init) {
    case "npy": return try requireRows(NPY.read(path), at: path)
    case "npz":
      let arrays = try NPZ.read(path)
      guard let array = arrays.first(where: { $0.name == "x" }) ?? arrays.only else {
        throw .invalid(
          "holds no array called \"x\"", at: path,
          hint: "it holds: \(arrays.map(\.name).joined(separator: ", "))")
      }
      return try requireRows(array.tensor, at: path)
    case "csv", "tsv": return try table(path, features: features)
    default:
      throw .invalid("expected a file that ends in .npy, .npz, .csv or .tsv", at: path)
    }
  }

  private static func requireRows(
    _ tensor: HostTensor, at path: String
  ) throws(NNError) -> HostTensor {
    guard tensor.shape.rank >= 1 else {
      throw .invalid("expected a first axis of rows, found a single number", at: path)
    }
    return tensor
  }

  private static func table(_ path: String, features: [String]?) throws(NNError) -> HostTensor {
    let first = try CSVTable(path: path, header: true)
    // A first row of nothing but numbers is no header.
    let hasHeader = first.header.contains { Double($0) == nil }
    var table = hasHeader ? first : try CSVTable(path: path, header: false)
    let columns =
      hasHeader
      ? try features.map { names throws(NNError) in
        try first.columns(names.map(ColumnReference.name))
      } : nil
    var numbers: [Double] = []
    var rows = 0
    while try table.nextRow() {
      for column in columns ?? Array(0..<table.width) {
        numbers.append(try table.number(column))
      }
      rows += 1
    }
    return HostTensor(numbers, shape: [rows, columns?.count ?? table.width])
  }
}

extension Array {
  /// The only element, or nil when there are none or several.
  fileprivate var only: Element? { count == 1 ? first : nil }
}
