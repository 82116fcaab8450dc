public import NNCore

/// The value range of a data set's inputs, by which a factor of 255 between data sets is detected.
public enum InputUnit: String, Sendable, Hashable, Codable {
  /// Bytes, which are divided by 255 to 0…1.
  case bytes
  /// Numbers from −2 to 2, such as bytes that have been divided by 255.
  case small
  /// Numbers of which some are outside −2…2.
  case large

  /// Determines the range of inputs that are not tokens; nil for Booleans.
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

  /// Verifies that the range of inputs is compatible with that of the training data, `self`.
  ///
  /// - Parameters:
  ///   - unit: The range of the inputs.
  ///   - place: Names the inputs in errors.
  /// - Throws: `NNError` when one of the two is bytes, which are divided by 255, and the other
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
