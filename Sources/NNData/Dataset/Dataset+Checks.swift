import NNCore

/// What a data set verifies when it is created.
extension Dataset {
  /// Verifies the inputs other than the main one.
  func requireOtherInputs() throws(NNError) {
    for name in source.names.dropFirst()
    where name != PortName.lengths && name != PortName.decoderInput {
      guard let rows = source[name] else { continue }
      guard rows.shape.dimensions.first == count else {
        throw .invalid(
          "\(count) examples of `\(source.names[0])`, but `\(name)` has shape \(rows.shape)",
          at: self.name, hint: "every input has one row for each example")
      }
      guard rows.elementCount > 0 else {
        throw .invalid("the input `\(name)` \(rows.shape) has an empty axis", at: self.name)
      }
      try requireFinite(rows, "input `\(name)`")
    }
  }

  /// Verifies that every number of an input is finite.
  private func requireFinite(_ rows: ExampleRows, _ what: String) throws(NNError) {
    // Files of integers are not read.
    guard rows.tensor != nil || rows.dtype.isFloatingPoint else { return }
    try rows.forEachBlock(count: rows.shape[0], rows: nil) {
      (block, examples, _) throws(NNError) in
      try requireFinite(block, what, firstRow: examples.lowerBound)
    }
  }

  /// The range of the main input, whose numbers must be finite; a file is read once for both.
  func unitOfFinite(_ rows: ExampleRows) throws(NNError) -> InputUnit? {
    // The values of these do not matter.
    if rows.dtype == .uint8 { return .bytes }
    if rows.dtype == .bool { return nil }
    var unit: InputUnit?
    try rows.forEachBlock(count: rows.shape[0], rows: nil) {
      (block, examples, _) throws(NNError) in
      if unit != .large { unit = InputUnit(of: block) }
      try requireFinite(block, "inputs", firstRow: examples.lowerBound)
    }
    return unit
  }

  /// Verifies the targets other than the main one.
  func requireOtherTargets() throws(NNError) {
    for name in namedTargets.names.dropFirst() {
      guard let tensor = namedTargets[name] else { continue }
      guard tensor.shape.dimensions.first == count, tensor.elementCount > 0 else {
        throw .invalid(
          "\(count) examples, but the target `\(name)` has shape \(tensor.shape)", at: self.name,
          hint: "every target has one row for each example")
      }
      try requireFinite(tensor, "target `\(name)`")
    }
  }

  /// Verifies lengths and tokens.
  func requireSequences() throws(NNError) {
    if let lengths = source.lengths?.tensor {
      precondition(lengths.dtype == .int32 && lengths.shape == [count], "a length for each row")
      let steps = source.values.shape[1]
      let all = lengths.scalars(as: Int32.self)
      if let row = all.firstIndex(where: { !(1...steps).contains(Int($0)) }) {
        let length = all[row]
        throw .invalid(
          "row \(row) (from 0) has length \(length); expected 1 to \(steps)", at: name)
      }
    }
    guard let vocabulary else { return }
    if let tokens = source.decoderValues, tokens.shape[0] != count {
      throw .invalid("\(count) inputs but \(tokens.shape[0]) decoder inputs", at: name)
    }
    let read = source.decoderValues ?? source.values
    // The main input is a category [N] if all columns of a table are embedded.
    let steps = read.shape.rank == 2 ? read.shape[1] : 1
    guard !targetsAreSteps || targetShape[0] == steps else {
      throw .invalid("\(targetShape[0]) labels for \(steps) steps", at: name)
    }
    try requireTokens(source.values, below: vocabulary.input, "token")
    if let tokens = source.decoderValues {
      try requireTokens(tokens, below: vocabulary.output, "decoder's token")
    }
  }

  private func requireTokens(
    _ rows: ExampleRows, below limit: Int, _ what: String
  ) throws(NNError) {
    precondition(
      rows.dtype == .int32 && (1...2).contains(rows.shape.rank), "tokens are int32 [N, T] or [N]")
    guard let (index, token) = try rows.firstInteger(outside: 0..<limit) else { return }
    throw .invalid(
      "row \(index / rows.exampleShape.elementCount) (from 0) has the \(what) \(token), "
        + "outside the vocabulary 0 to \(limit - 1)", at: name)
  }

  /// Verifies that every number is finite.
  ///
  /// - Parameter firstRow: The row of the tensor's first one, for messages.
  func requireFinite(
    _ tensor: HostTensor, _ what: String, firstRow: Int = 0
  ) throws(NNError) {
    let found: (Int, Double)? =
      switch tensor.dtype {
      case .float32: tensor.withScalars(as: Float.self, firstNotFinite)
      case .float64: tensor.withScalars(as: Double.self, firstNotFinite)
      case .int32, .int64, .uint8, .bool: nil
      }
    guard let (index, value) = found else { return }
    let rowSize = max(1, tensor.elementCount / tensor.shape[0])
    let column = index % rowSize
    let columnName =
      what == "inputs" && inputShape.rank == 1
      ? featureNames.flatMap { column < $0.count ? " (\($0[column]))" : nil } : nil
    throw .invalid(
      "row \(firstRow + index / rowSize), column \(column)\(columnName ?? "") of the \(what) (from 0) is "
        + (value.isNaN ? "NaN" : value < 0 ? "-infinity" : "infinity"),
      at: name, hint: "remove or fill in missing values first")
  }
}

private func firstNotFinite<Scalar: BinaryFloatingPoint>(
  _ scalars: UnsafeBufferPointer<Scalar>
) -> (Int, Double)? {
  scalars.firstIndex { !$0.isFinite }.map { ($0, Double(scalars[$0])) }
}
