extension Plan: CustomStringConvertible {
  /// A heading with node counts and arena size, then one line per instruction.
  package var description: String {
    var text =
      "plan: \(sourceNodeCount) nodes -> \(instructionCount) instructions; "
      + "arena \(arenaByteCount) bytes of \(unsharedByteCount) unshared\n"
    for (index, step) in memory.steps.enumerated() {
      text += "  \(index) \(line(step))\n"
    }
    for copy in memory.copies { text += "  copy -> \(copy.to)\n" }
    return text
  }

  /// A step as one line: its layer, its op, the types of its outputs.
  func line(_ step: PlannedStep) -> String {
    let types = step.allOutputs.map { "\(graph.type(of: $0))" }.joined(separator: " ")
    return (step.path.isEmpty ? "" : "[\(step.path)] ")
      + "\(type(of: step.op).name)(\(step.op.attributes)) -> \(types)"
      + (step.epilogue.map { " + \($0.op.attributes)" } ?? "")
  }
}
