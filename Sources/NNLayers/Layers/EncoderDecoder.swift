import NNCore
public import NNGraph

/// An encoder that reads a whole sequence and a decoder that writes another one, a step at a time.
///
/// The encoder turns rows [N, S, …] into the memory [N, S, C]; the decoder's layers read the target
/// sequence so far, and the memory through `Scope.memory` where they attend to it. In training and
/// evaluation the decoder reads the right sequence (teacher forcing), which comes with the rows
/// (`NetworkInput.decoderRows`). In the mode `generation` rows are the decoder's, and the memory is
/// given.
///
/// Parts stand at `encoder` and `decoder` in the path.
///
/// Source: Sutskever, Vinyals, Le, "Sequence to sequence learning with neural networks", 2014.
public struct EncoderDecoder: Layer {
  /// What reads the source.
  public let encoder: any Layer
  /// What writes the target.
  public let decoder: any Layer

  /// Puts two networks together.
  public init(encoder: any Layer, decoder: any Layer) {
    self.encoder = encoder
    self.decoder = decoder
  }

  /// Puts two sequences of layers together.
  public init(
    @LayerBuilder encoder: () -> [any Layer], @LayerBuilder decoder: () -> [any Layer]
  ) {
    self.init(encoder: Sequential(encoder()), decoder: Sequential(decoder()))
  }

  /// `EncoderDecoder`
  public var description: String { "EncoderDecoder" }

  /// Adds both parts.
  public func callAsFunction(_ input: Value, in scope: Scope) -> Value {
    guard let generation = scope.build.generation else {
      guard let decoderRows = scope.build.input?.decoderRows else {
        return scope.rejectOption(
          "needs a decoder's rows beside its own: train it on pairs of sequences")
      }
      let encoded = scope.apply(encoder, to: input, named: "encoder")
      guard !encoded.isPoisoned else { return encoded }
      guard encoded.shape.rank == 3 else {
        return scope.reject(
          encoded, expected: "a memory [N, S, features]", mend: "return every step")
      }
      let memory = Memory(
        encoded, lengths: scope.lengths, finalStates: scope.build.finalStates)
      scope.build.memory = memory
      return decode(decoderRows, memory, scope)
    }
    guard let memory = generation.memory else {
      return scope.rejectOption("needs the encoder's memory to generate")
    }
    return decode(input, memory, scope)
  }

  private func decode(_ rows: Value, _ memory: Memory, _ scope: Scope) -> Value {
    scope.decoding(memory).apply(decoder, to: rows, named: "decoder")
  }
}
