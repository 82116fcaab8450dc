import NNCore
public import NNGraph

/// The padding around the input of a convolution.
public enum Padding: Hashable, Sendable, ExpressibleByIntegerLiteral {
  /// The given number of zeros at the top and bottom, and at the left and right.
  case explicit(Size2D)
  /// Padding that gives the output the input's size. If the total is odd, the larger half goes to
  /// the bottom and right, as in PyTorch. Requires stride 1.
  case same
  /// No padding.
  case valid

  /// The given number of zeros on all four sides.
  public init(integerLiteral size: Int) { self = .explicit(Size2D(size)) }

  /// The zeros on each side for the given kernel.
  package func resolved(kernel: Size2D, dilation: Size2D) -> Padding2D {
    switch self {
    case .explicit(let size): return Padding2D(height: size.height, width: size.width)
    case .valid: return 0
    case .same:
      let height = dilation.height.multipliedSaturating(by: kernel.height - 1)
      let width = dilation.width.multipliedSaturating(by: kernel.width - 1)
      return Padding2D(
        top: height / 2, left: width / 2, bottom: height - height / 2, right: width - width / 2)
    }
  }
}
