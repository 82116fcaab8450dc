import NNCore

/// A point of a line search.
struct LinePoint {
  /// The step size t.
  var step: Double
  /// The loss at θ + t·d.
  var loss: Double
  /// The gradient there.
  var gradient: [Double]
  /// Its component along d, the derivative of the loss with respect to t.
  var derivative: Double
}

/// Finds a step size t that meets the strong Wolfe conditions: with f(t) the loss at θ + t·d,
/// f(t) ≤ f(0) + c₁·t·f′(0) and |f′(t)| ≤ c₂·|f′(0)|.
///
/// The first phase increases t until an interval must contain such a step size; the second one
/// (zoom) narrows the interval. Both guess by cubic interpolation. Operations and tests are in the
/// order of PyTorch's `_strong_wolfe`.
///
/// Source: Nocedal, Wright, "Numerical optimization", algorithms 3.5 and 3.6.
struct StrongWolfeSearch {
  /// θ.
  let origin: [Double]
  /// d.
  let direction: [Double]
  /// The maximum number of evaluations after the first one.
  let maximumIterations: Int
  /// c₁.
  private let decrease = 1e-4
  /// c₂.
  private let curvature = 0.9
  /// The change of a parameter below which the interval is narrow enough.
  private let toleranceChange = 1e-9

  init(origin: [Double], direction: [Double], maximumIterations: Int) {
    self.origin = origin
    self.direction = direction
    self.maximumIterations = maximumIterations
  }

  /// Searches from t = 0.
  ///
  /// - Parameters:
  ///   - start: The point t = 0.
  ///   - initialStep: The first step size to try.
  /// - Returns: The best point found, and the number of evaluations.
  func run(
    from start: LinePoint, initialStep: Double, evaluate: LossFunction
  ) throws(NNError) -> (point: LinePoint, evaluations: Int) {
    func point(at step: Double) throws(NNError) -> LinePoint {
      let (loss, gradient) = try evaluate(Vector.sum(origin, direction, times: step))
      return LinePoint(
        step: step, loss: loss, gradient: gradient, derivative: Vector.dot(gradient, direction))
    }
    func isAbove(_ point: LinePoint) -> Bool {
      point.loss > start.loss + decrease * point.step * start.derivative
    }
    func isFlat(_ point: LinePoint) -> Bool {
      abs(point.derivative) <= -curvature * start.derivative
    }
    var current = try point(at: initialStep)
    var previous = start
    var iterations = 0
    var bracket: [LinePoint] = []
    while iterations < maximumIterations {
      if isAbove(current) || iterations > 1 && current.loss >= previous.loss {
        bracket = [previous, current]
        break
      }
      if isFlat(current) { return (current, iterations + 1) }
      if current.derivative >= 0 {
        bracket = [previous, current]
        break
      }
      let least = current.step + 0.01 * (current.step - previous.step)
      let next = Self.minimum(of: previous, current, within: (least, current.step * 10))
      previous = current
      current = try point(at: next)
      iterations += 1
    }
    if iterations == maximumIterations || bracket.isEmpty { bracket = [start, current] }
    var low = bracket[0].loss <= bracket[1].loss ? 0 : 1
    var hasStalled = false
    let length = Vector.largest(direction)
    while iterations < maximumIterations {
      let high = 1 - low
      if abs(bracket[1].step - bracket[0].step) * length < toleranceChange { break }
      let ends = (
        least: min(bracket[0].step, bracket[1].step), most: max(bracket[0].step, bracket[1].step)
      )
      var next = Self.minimum(of: bracket[0], bracket[1], within: ends)
      // Too close to an end of the interval twice: move to a tenth of it.
      let margin = 0.1 * (ends.most - ends.least)
      if min(ends.most - next, next - ends.least) < margin {
        if hasStalled || next >= ends.most || next <= ends.least {
          next =
            abs(next - ends.most) < abs(next - ends.least)
            ? ends.most - margin : ends.least + margin
          hasStalled = false
        } else {
          hasStalled = true
        }
      } else {
        hasStalled = false
      }
      let tried = try point(at: next)
      iterations += 1
      if isAbove(tried) || tried.loss >= bracket[low].loss {
        bracket[high] = tried
        low = bracket[0].loss <= bracket[1].loss ? 0 : 1
      } else {
        let isDone = isFlat(tried)
        if !isDone, tried.derivative * (bracket[high].step - bracket[low].step) >= 0 {
          bracket[high] = bracket[low]
        }
        bracket[low] = tried
        if isDone { break }
      }
    }
    return (bracket[low], iterations + 1)
  }

  /// The minimum of the cubic through two points with their derivatives, limited to an interval; its
  /// middle if the cubic has none.
  private static func minimum(
    of first: LinePoint, _ second: LinePoint, within bounds: (least: Double, most: Double)
  ) -> Double {
    let (x1, x2, g1, g2) = (first.step, second.step, first.derivative, second.derivative)
    let d1 = g1 + g2 - 3 * (first.loss - second.loss) / (x1 - x2)
    let square = d1 * d1 - g1 * g2
    guard square >= 0 else { return (bounds.least + bounds.most) / 2 }
    let d2 = square.squareRoot()
    let position =
      x1 <= x2
      ? x2 - (x2 - x1) * ((g2 + d2 - d1) / (g2 - g1 + 2 * d2))
      : x1 - (x1 - x2) * ((g1 + d2 - d1) / (g1 - g2 + 2 * d2))
    return min(max(position, bounds.least), bounds.most)
  }
}
