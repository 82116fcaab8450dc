package import NNCore

/// Inputs that are categories, for embedding layers.
extension Dataset {
  /// The number of different integers in each input that is an embedded column of a table, by the
  /// input's name.
  public var categoryCounts: [String: Int] {
    var counts: [String: Int] = [:]
    for column in columns ?? [] {
      if let count = column.categoryCount { counts[column.name] = count }
    }
    return counts
  }

  /// The categories of some examples as texts, for each embedded column; `unknown` for those that the
  /// training rows lack.
  package func categories(
    of examples: [Int]
  ) throws(NNError) -> [(name: String, texts: [String])] {
    var found: [(name: String, texts: [String])] = []
    for column in columns ?? [] where column.isEmbedded {
      guard let names = column.categories, let rows = source[column.name] else { continue }
      let codes = try rows.gathering(examples.map(sourceRow)).scalars(as: Int32.self)
      let texts = codes.map { names.indices.contains(Int($0) - 1) ? names[Int($0) - 1] : "unknown" }
      found.append((column.name, texts))
    }
    return found
  }

  /// Verifies that the categories of inputs are those that a network has vectors for.
  ///
  /// - Parameter counts: The number of different integers in each of these inputs, by name.
  /// - Throws: `NNError` naming input and row of the first integer beyond them, and if a file cannot
  ///   be read.
  package func requireCategories(_ counts: [String: Int]) throws(NNError) {
    for name in source.names {
      guard let count = counts[name], let rows = source[name] else { continue }
      guard rows.dtype == .int32 else {
        throw .invalid(
          "the input `\(name)` holds categories, int32, got \(rows.dtype)", at: self.name)
      }
      // Cells in a file become no others than those of their column's encoding.
      if rows.file != nil, let own = categoryCounts[name], own <= count { continue }
      guard let (row, code) = try rows.firstInteger(outside: 0..<count) else { continue }
      throw .invalid(
        "row \(row) (from 0) of the input `\(name)` holds the category \(code), beyond the \(count) "
          + "of the training data, 0 to \(count - 1)", at: self.name,
        hint: "0 stands for categories that they do not have")
    }
  }
}
