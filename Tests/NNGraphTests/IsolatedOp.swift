import NNCore
import NNGraph
import NNTestSupport
import Testing

/// Runs an op alone, with each input, each output and the scratch memory right before a page
/// without access. Outputs and scratch memory start as NaNs.
///
/// Reading or writing past an end crashes the process, so tests call it in a separate process and
/// record with `LastWords.note` what they are about to run.
func isolated(
  _ sample: OpSample, _ inputs: [HostTensor], sourceLocation: SourceLocation = #_sourceLocation
) throws -> [HostTensor] {
  let op = try #require(sample.op, "\(sample)")
  let (given, types) = (sample.inputs.map(\.type), sample.outputTypes)
  let sources = inputs.map { GuardedBlock($0) }
  let targets = types.map { GuardedBlock(byteCount: $0.byteCount) }
  let scratch = GuardedBlock(
    byteCount: op.scratchByteCount(inputs: given, outputs: types, workers: 1),
    alignment: Storage.alignment)
  op.prepare(
    KernelContext(
      inputs: zip(sources, given).map { Buffer(address: $0.address, type: $1) },
      outputs: zip(targets, types).map { Buffer(address: $0.address, type: $1) },
      scratch: scratch.address, workers: 1, epilogue: nil)
  ).run()
  for (index, block) in (sources + targets + [scratch]).enumerated() {
    #expect(
      block.hasIntactSurroundings,
      "\(sample) writes outside block \(index) of inputs, outputs and scratch",
      sourceLocation: sourceLocation)
  }
  for (source, input) in zip(sources, inputs) {
    #expect(
      source.tensor(input.shape, input.dtype) == input, "\(sample) changes an input",
      sourceLocation: sourceLocation)
  }
  return zip(types, targets).map { $1.tensor($0.shape, $0.dtype) }
}
