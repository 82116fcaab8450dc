/// What a network reads: its rows and, for sequences, what belongs to them.
///
/// `Part` is what is known of each: a tensor, its type, its place in a graph.
public struct NetworkInput<Part> {
  /// The rows: numbers [N, …], or tokens int32 [N, T].
  public var rows: Part
  /// How many steps of each row are valid, int32 [N]; nil where all are.
  public var lengths: Part?
  /// What the decoder of an encoder–decoder reads, tokens int32 [N, T]; nil for other networks.
  public var decoderRows: Part?

  /// Puts the parts together.
  public init(_ rows: Part, lengths: Part? = nil, decoderRows: Part? = nil) {
    self.rows = rows
    self.lengths = lengths
    self.decoderRows = decoderRows
  }

  /// Calls `body` with each part and its name in a graph: `input`, `lengths`, `decoder_input`.
  public func forEach(_ body: (_ name: String, _ part: Part) -> Void) {
    _ = map(body)
  }

  /// The same parts, each turned into something else.
  public func map<Other>(_ transform: (_ name: String, _ part: Part) -> Other)
    -> NetworkInput<Other>
  {
    NetworkInput<Other>(
      transform("input", rows),
      lengths: lengths.map { transform("lengths", $0) },
      decoderRows: decoderRows.map { transform("decoder_input", $0) })
  }
}

extension NetworkInput: Sendable where Part: Sendable {}
extension NetworkInput: Equatable where Part: Equatable {}
extension NetworkInput: Hashable where Part: Hashable {}

/// How many tokens there are where rows are tokens.
public struct VocabularySizes: Sendable, Hashable, Codable {
  /// Tokens that rows are made of.
  public let input: Int
  /// Tokens that the network's output chooses among, which its decoder reads, if it has one.
  public let output: Int

  /// Creates the pair; one number serves both.
  public init(input: Int, output: Int? = nil) {
    self.input = input
    self.output = output ?? input
  }
}
