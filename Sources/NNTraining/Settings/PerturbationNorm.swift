/// The norm that limits the perturbation δ of each example.
public enum PerturbationNorm: String, Sendable, Hashable, CaseIterable {
  /// max |δ|
  case linf
  /// √Σδ²
  case l2
}
