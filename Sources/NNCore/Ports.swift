/// Named parts in a fixed order: the inputs of a network, or its outputs.
///
/// `Part` is what stands for each of them: a tensor, its type, or its value in a graph. The first
/// part is the main one; a network with one input calls it `input`. Two names have a meaning for
/// sequences: `lengths` are the valid steps of each sequence of the main input, int32 [N];
/// `decoder_input` is the sequence that the decoder of an encoder–decoder reads.
///
/// ```swift
/// let inputs: Ports = ["image": images, "table": numbers]
/// ```
public struct Ports<Part>: ExpressibleByDictionaryLiteral {
  // Inlinable: every batch passes through it, and unspecialized generic code looks up metadata at
  // run time.

  /// The names, in order.
  public private(set) var names: [String]
  @usableFromInline var parts: [Part]

  /// Creates the ports of a network with one input, which sequences extend.
  ///
  /// - Parameters:
  ///   - values: The examples: numbers [N, …], or tokens int32 [N, T].
  ///   - lengths: How many steps of each example are valid, int32 [N]; nil where all are.
  ///   - decoderValues: The decoder's input, such as tokens int32 [N, T]; nil without a decoder.
  public init(_ values: Part, lengths: Part? = nil, decoderValues: Part? = nil) {
    names = [PortName.input]
    parts = [values]
    self.lengths = lengths
    self.decoderValues = decoderValues
  }

  /// Creates ports from names and parts.
  ///
  /// - Precondition: There is at least one; no name occurs twice.
  public init(named: [(name: String, part: Part)]) {
    precondition(!named.isEmpty, "there is a main part")
    // Closures, since key paths of a generic type are looked up at run time, at each call.
    self.init(names: named.map { $0.name }, parts: named.map { $0.part })
    precondition(Set(names).count == names.count, "a name occurs once: \(names)")
  }

  @usableFromInline init(names: [String], parts: [Part]) {
    self.names = names
    self.parts = parts
  }

  /// Creates ports from names and parts.
  ///
  /// - Precondition: There is at least one; no name occurs twice.
  public init(dictionaryLiteral elements: (String, Part)...) {
    self.init(named: elements.map { (name: $0.0, part: $0.1) })
  }

  /// The number of parts.
  @inlinable public var count: Int { parts.count }

  /// The main part: the first one.
  @inlinable public var values: Part {
    get { parts[0] }
    _modify { yield &parts[0] }
  }

  /// How many steps of each example of the main input are valid, int32 [N]; nil where all are.
  public var lengths: Part? {
    get { self[PortName.lengths] }
    set { self[PortName.lengths] = newValue }
  }

  /// The decoder's input in an encoder–decoder; nil for others.
  public var decoderValues: Part? {
    get { self[PortName.decoderInput] }
    set { self[PortName.decoderInput] = newValue }
  }

  /// The part of a name; nil where there is none. A new name comes last; nil removes a part other
  /// than the main one.
  public subscript(name: String) -> Part? {
    @inlinable get { names.firstIndex(of: name).map { parts[$0] } }
    set {
      switch (names.firstIndex(of: name), newValue) {
      case (let index?, let part?): parts[index] = part
      case (nil, let part?):
        names.append(name)
        parts.append(part)
      case (let index?, nil):
        precondition(index > 0, "the main part stays")
        names.remove(at: index)
        parts.remove(at: index)
      case (nil, nil): break
      }
    }
  }

  /// The part at a position, counted from 0.
  @inlinable public subscript(position position: Int) -> Part {
    get { parts[position] }
    _modify { yield &parts[position] }
  }

  /// The parts, in order.
  @inlinable public var all: [Part] { parts }

  /// Calls `body` with each name and part.
  @inlinable public func forEach<Failure: Error>(
    _ body: (_ name: String, _ part: Part) throws(Failure) -> Void
  ) throws(Failure) {
    for index in parts.indices { try body(names[index], parts[index]) }
  }

  /// The ports with each part transformed.
  @inlinable public func map<Other>(
    _ transform: (_ name: String, _ part: Part) -> Other
  ) -> Ports<Other> {
    Ports<Other>(names: names, parts: parts.indices.map { transform(names[$0], parts[$0]) })
  }
}

extension Ports: Sendable where Part: Sendable {}
extension Ports: Equatable where Part: Equatable {}
extension Ports: Hashable where Part: Hashable {}

/// The names of ports that networks of one input and sequences use.
public enum PortName {
  /// The input of a network that has one.
  public static let input = "input"
  /// The output of a network that has one.
  public static let output = "output"
  /// The target of data that have one.
  public static let target = "target"
  /// The valid steps of each sequence of the main input.
  public static let lengths = "lengths"
  /// The sequence that a decoder reads.
  public static let decoderInput = "decoder_input"
  /// The numbers of a table's columns next to its texts, which are the main input.
  public static let columns = "columns"
}

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
