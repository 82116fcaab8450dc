#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#elseif canImport(Darwin)
  import Darwin
#endif

/// What `NN_TRACE=plan` prints to standard error: each plan's instructions and memory.
enum PlanTrace {
  static let isOn = getenv("NN_TRACE").map { String(cString: $0) == "plan" } ?? false

  static func print(_ plan: Plan) {
    let text = Array(plan.description.utf8)
    _ = write(STDERR_FILENO, text, text.count)
  }
}

extension Plan: CustomStringConvertible {
  /// A heading with node counts and arena size, then a line for each instruction.
  public var description: String {
    var text =
      "plan: \(sourceNodeCount) nodes -> \(instructionCount) instructions; "
      + "arena \(arenaByteCount) bytes of \(unsharedByteCount) unshared\n"
    for (index, step) in memory.steps.enumerated() {
      let types = step.allOutputs.map { "\(graph.type(of: $0))" }.joined(separator: " ")
      text += "  \(index) \(step.path.isEmpty ? "" : "[\(step.path)] ")"
      text += "\(type(of: step.op).name)(\(step.op.attributes)) -> \(types)"
      if let epilogue = step.epilogue { text += " + \(epilogue.op.attributes)" }
      text += "\n"
    }
    for copy in memory.copies { text += "  copy -> \(copy.to)\n" }
    return text
  }
}
