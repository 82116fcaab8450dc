public import NNCore

/// What the inputs of a data set are measured in, as far as a factor of 255 goes.
public enum InputUnit: String, Sendable, Hashable, Codable {
  /// Bytes, which are read as 0…1.
  case bytes
  /// Numbers from −2 to 2, as bytes are once they were divided by 255.
  case small
  /// Numbers of which some are larger.
  case large

  /// Looks at inputs that are no tokens; nil for Booleans.
  public init?(of inputs: HostTensor) {
    switch inputs.dtype {
    case .uint8: self = .bytes
    case .float32: self = inputs.withScalars(as: Float.self, Self.holdsLarge) ? .large : .small
    case .float64: self = inputs.withScalars(as: Double.self, Self.holdsLarge) ? .large : .small
    case .int32: self = inputs.withScalars(as: Int32.self, Self.holdsLarge) ? .large : .small
    case .int64: self = inputs.withScalars(as: Int64.self, Self.holdsLarge) ? .large : .small
    case .bool: return nil
    }
  }

  private static func holdsLarge<Scalar: Numeric>(_ scalars: UnsafeBufferPointer<Scalar>) -> Bool {
    scalars.contains { $0.magnitude > 2 }
  }

  /// Verifies that inputs are measured like those of the training data, of this unit.
  ///
  /// - Parameters:
  ///   - unit: That of the inputs.
  ///   - place: Names the inputs in errors.
  /// - Throws: `NNError` where the one are bytes, which are divided by 255, and the other are
  ///   numbers as large as bytes.
  public func require(_ unit: InputUnit?, at place: String) throws(NNError) {
    if self == .large, unit == .bytes {
      throw .invalid(
        "the inputs are bytes (uint8), which are divided by 255; those of the training data are "
          + "numbers of which some are above 2, and are not divided", at: place,
        hint: "save the inputs as the training data are, such as x.astype('float32')")
    }
    if self == .bytes, unit == .large {
      throw .invalid(
        "the inputs are numbers of which some are above 2; those of the training data "
          + "are bytes (uint8), which are divided by 255", at: place,
        hint: "save the inputs as uint8, or divide them by 255")
    }
  }
}
