/// One entry of a plan's schedule: an op and, optionally, element-wise work fused into it.
struct PlannedStep {
  var op: any KernelOp
  var inputs: [ValueID]
  var outputs: [ValueID]
  /// Element-wise ops that run on each part of output 0 while it is in cache.
  var epilogue: Attached?
  /// The layer that the step comes from.
  var path: String

  struct Attached {
    var op: FusedElementwise
    var inputs: [ValueID]
    var outputs: [ValueID]
  }

  var allInputs: [ValueID] { inputs + (epilogue?.inputs ?? []) }
  var allOutputs: [ValueID] { outputs + (epilogue?.outputs ?? []) }
}
