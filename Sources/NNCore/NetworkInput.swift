/// The input of a network: a batch of examples and, for sequences, their lengths and the input of
/// the decoder.
///
/// `Part` is what stands for each of them: a tensor, its type, or its value in a graph.
public struct NetworkInput<Part> {
  /// The examples: numbers [N, …], or tokens int32 [N, T].
  public var values: Part
  /// How many steps of each example are valid, int32 [N]; nil where all are.
  public var lengths: Part?
  /// The decoder's input in an encoder–decoder, such as tokens int32 [N, T]; nil for others.
  public var decoderValues: Part?

  /// Creates an input from its parts.
  public init(_ values: Part, lengths: Part? = nil, decoderValues: Part? = nil) {
    self.values = values
    self.lengths = lengths
    self.decoderValues = decoderValues
  }

  /// Calls `body` with each part and its name in a graph: `input`, `lengths`, `decoder_input`.
  public func forEach<Failure: Error>(
    _ body: (_ name: String, _ part: Part) throws(Failure) -> Void
  ) throws(Failure) {
    try body("input", values)
    if let lengths { try body("lengths", lengths) }
    if let decoderValues { try body("decoder_input", decoderValues) }
  }

  /// The input with each part transformed.
  public func map<Other>(_ transform: (_ name: String, _ part: Part) -> Other)
    -> NetworkInput<Other>
  {
    NetworkInput<Other>(
      transform("input", values),
      lengths: lengths.map { transform("lengths", $0) },
      decoderValues: decoderValues.map { transform("decoder_input", $0) })
  }
}

extension NetworkInput: Sendable where Part: Sendable {}
extension NetworkInput: Equatable where Part: Equatable {}
extension NetworkInput: Hashable where Part: Hashable {}

/// The numbers of tokens of a network that reads tokens.
public struct VocabularySizes: Sendable, Hashable, Codable {
  /// Tokens that the input consists of.
  public let input: Int
  /// Tokens that the network predicts, and that its decoder reads if it has one.
  public let output: Int

  /// Creates the pair; one number serves both.
  public init(input: Int, output: Int? = nil) {
    self.input = input
    self.output = output ?? input
  }
}
