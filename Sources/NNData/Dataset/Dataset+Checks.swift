import NNCore

/// What a data set verifies when it is created.
extension Dataset {
  /// Verifies the inputs other than the main one.
  func requireOtherInputs() throws(NNError) {
    for name in source.names.dropFirst()
    where name != PortName.lengths && name != PortName.decoderInput {
      guard let tensor = source[name] else { continue }
      guard tensor.shape.dimensions.first == count else {
        throw .invalid(
          "\(count) examples of `\(source.names[0])`, but `\(name)` has shape \(tensor.shape)",
          at: self.name, hint: "every input has one row for each example")
      }
      guard tensor.elementCount > 0 else {
        throw .invalid("the input `\(name)` \(tensor.shape) has an empty axis", at: self.name)
      }
      try requireFinite(tensor, "input `\(name)`")
    }
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
    if let lengths = source.lengths {
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
    let steps = (source.decoderValues ?? source.values).shape[1]
    guard !targetsAreSteps || targetShape[0] == steps else {
      throw .invalid("\(targetShape[0]) labels for \(steps) steps", at: name)
    }
    try requireTokens(source.values, below: vocabulary.input, "token")
    if let tokens = source.decoderValues {
      try requireTokens(tokens, below: vocabulary.output, "decoder's token")
    }
  }

  private func requireTokens(
    _ tensor: HostTensor, below limit: Int, _ what: String
  ) throws(NNError) {
    precondition(tensor.dtype == .int32 && tensor.shape.rank == 2, "tokens are int32 [N, T]")
    let found = tensor.withScalars(as: Int32.self) { tokens in
      tokens.firstIndex { !(0..<limit).contains(Int($0)) }.map { ($0, tokens[$0]) }
    }
    guard let (index, token) = found else { return }
    throw .invalid(
      "row \(index / tensor.shape[1]) (from 0) has the \(what) \(token), outside the vocabulary "
        + "0 to \(limit - 1)", at: name)
  }

  /// Verifies that every number is finite.
  func requireFinite(_ tensor: HostTensor, _ what: String) throws(NNError) {
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
      "row \(index / rowSize), column \(column)\(columnName ?? "") of the \(what) (from 0) is "
        + (value.isNaN ? "NaN" : value < 0 ? "-infinity" : "infinity"),
      at: name, hint: "remove or fill in missing values first")
  }
}

private func firstNotFinite<Scalar: BinaryFloatingPoint>(
  _ scalars: UnsafeBufferPointer<Scalar>
) -> (Int, Double)? {
  scalars.firstIndex { !$0.isFinite }.map { ($0, Double(scalars[$0])) }
}
