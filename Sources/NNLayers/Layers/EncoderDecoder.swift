import NNCore
public import NNGraph

/// An encoder that reads a whole sequence and a decoder that generates another one step by step.
///
/// The encoder maps its input [N, S, …] to the memory [N, S, C]. The decoder's layers read the
/// target sequence so far, and attend to the memory through `Scope.memory`. In training and
/// evaluation the decoder reads the true sequence (teacher forcing), which comes with the input
/// (`Ports.decoderValues`). In the mode `generation` the input is the decoder's, and the
/// memory is passed in `GenerationInput`.
///
/// The parts have the paths `encoder` and `decoder`.
///
/// Source: Sutskever, Vinyals, Le, "Sequence to sequence learning with neural networks", 2014.
public struct EncoderDecoder: Layer {
  /// The network that reads the source.
  public let encoder: any Layer
  /// The network that generates the target.
  public let decoder: any Layer

  /// Creates the layer from two networks.
  public init(encoder: any Layer, decoder: any Layer) {
    self.encoder = encoder
    self.decoder = decoder
  }

  /// Creates the layer from two sequences of layers.
  public init(
    @LayerBuilder encoder: () -> [any Layer], @LayerBuilder decoder: () -> [any Layer]
  ) {
    self.init(encoder: Sequential(encoder()), decoder: Sequential(decoder()))
  }

  /// The name in tables and error messages: `EncoderDecoder`.
  public var description: String { "EncoderDecoder" }
  /// That of the decoder.
  public var result: LayerResult { .lastLayer(option: "decoder") }

  /// Adds both parts to the graph.
  public func callAsFunction(_ input: Value, in scope: Scope) -> Value {
    guard scope.mode != .generation else {
      guard let memory = scope.memory else {
        return scope.rejectOption("needs the encoder's memory to generate")
      }
      return decode(input, memory, scope)
    }
    guard let decoderValues = scope.inputs[PortName.decoderInput] else {
      return scope.rejectOption(
        "needs a decoder input in addition to its own: train it on pairs of sequences")
    }
    let before = scope.reports(of: FinalStates.self).count
    let encoded = scope.apply(encoder, to: input, named: "encoder")
    guard !encoded.isPoisoned else { return encoded }
    guard encoded.shape.rank == 3 else {
      return scope.reject(
        encoded, expected: "a memory [N, S, features]", hint: "return every step")
    }
    let memory = Memory(
      encoded, lengths: scope.lengths,
      finalStates: Array(scope.reports(of: FinalStates.self).dropFirst(before)))
    scope.report(EncodedMemory.self, memory)
    return decode(decoderValues, memory, scope)
  }

  private func decode(_ rows: Value, _ memory: Memory, _ scope: Scope) -> Value {
    scope.decoding(memory).apply(decoder, to: rows, named: "decoder")
  }
}
