import NNCore
import NNDrawing
import NNGraph
import NNKernels
import NNOptimizers

#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#elseif canImport(Darwin)
  import Darwin
#endif

/// The convergence rate of gradient descent: ε_t = ε_0·|1 − ηb|ᵗ, measured; quadratic forms
/// diagonalised; Newton's method for comparison.
struct ConvexConvergenceLesson: Lesson {
  static let name = "convex-convergence"
  static let title = "Convergence rates: how fast is downhill?"
  static let summary =
    "The error shrinks by the factor |1 − ηb| in each step; steps predicted and counted; Newton's "
    + "method"

  func run(_ options: LessonOptions, into report: inout LessonReport) throws(NNError) {
    report.paragraph(
      """
      Close to a minimum every smooth function looks like a bowl: the gradient is zero there, so \
      the first term of its Taylor series that matters is quadratic. For a bowl, the path of \
      gradient descent can be computed in advance.
      """)
    try followErrors(&report)
    try countSteps(&report)
    try diagonalise(&report)
    try zoomIn(&report)
  }

  // MARK: - One weight

  /// f(x) = a + b/2·(x − c)²
  static let (a, b, c, start) = (1.0, 2.0, 3.0, 8.0)
  static let parabola = Landscape(quadratic: [[b]], minimum: [c], lowest: a)
  /// η·b of each path.
  static let products = [0.1, 0.5, 0.9, 1.5, 1.9, 2.1]
  private static let steps = 60

  private func followErrors(_ report: inout LessonReport) throws(NNError) {
    var marks: [any Mark] = []
    var largest = 0.0
    let times = (0...Self.steps).map(Double.init)
    for product in Self.products {
      let path = try Self.parabola.path(
        from: [Self.start], by: SGD(learningRate: product / Self.b), steps: Self.steps)
      let errors = path.distances(from: [Self.c])
      let formula = times.map { errors[0] * pow(abs(1 - product), $0) }
      for (error, predicted) in zip(errors, formula) {
        // Errors that shrink end at the rounding of x itself, so they are compared with the first.
        largest = max(largest, abs(error - predicted) / max(errors[0], predicted))
      }
      let visible = formula.firstIndex { $0 < 1e-8 } ?? times.count
      marks.append(
        Line("ηb = \(product)", x: Array(times[..<visible]), y: Array(formula[..<visible])))
      let seen = stride(from: 0, to: visible, by: 3).map { $0 }
      marks.append(
        Points(x: seen.map { times[$0] }, y: seen.map { errors[$0] }, color: .muted, size: 3))
    }
    let difference = report.measure("largest difference from the formula", largest)
    report.paragraph(
      """
      For one weight, f(x) = a + b/2·(x − c)² has the derivative b(x − c). A step multiplies the \
      distance ε from the minimum c by the same factor each time, |1 − ηb|:
      """)
    report.formula("ε_t = ε_{t−1}·|1 − ηb| ⇒ ε_t = ε_0·|1 − ηb|ᵗ")
    report.paragraph(
      """
      Measured with a = 1, b = 2, c = 3 from x = 8, over \(Self.products.count) learning rates \
      and \(Self.steps) steps, the distance differs from the formula by at most \
      a relative error of \(difference.rounded(digits: 2)): rounding. Below ηb = 1 the path stays \
      on its side of the minimum, between 1 and 2 it crosses the minimum at each step and still \
      converges, above 2 it diverges.
      """)
    report.show(
      Figure(
        title: "Distance from the minimum by step",
        description:
          "Lines of ε_0 |1 − ηb|^t on a logarithmic axis with measured points on them; all "
          + "fall but that of ηb = 2.1.",
        panels: [Plot(x: Axis("step t"), y: Axis("εₜ", scale: .log), marks: marks)]),
      name: "errors",
      caption:
        "Lines: the formula. Dots: every third step as measured. |1 − ηb| is equal for 0.1 and "
        + "1.9, and for 0.5 and 1.5, so these lines lie on one another.")
  }

  // MARK: - How many steps

  /// The target error, as a share of the first.
  static let share = 1e-6
  static let countedProducts = [0.01, 0.02, 0.05, 0.1, 0.2, 0.5]

  private func countSteps(_ report: inout LessonReport) throws(NNError) {
    var rows: [[String]] = []
    var (counts, exact, rough): ([Double], [Double], [Double]) = ([], [], [])
    for product in Self.countedProducts {
      let predicted = log(Self.share) / log(abs(1 - product))
      let path = try Self.parabola.path(
        from: [Self.start], by: SGD(learningRate: product / Self.b),
        steps: Int(1.2 * predicted) + 2)
      let errors = path.distances(from: [Self.c])
      let counted = errors.firstIndex { $0 <= Self.share * errors[0] } ?? -1
      counts.append(report.measure("steps counted, ηb = \(product)", Double(counted)))
      exact.append(report.measure("steps predicted, ηb = \(product)", predicted))
      rough.append(
        report.measure("steps by −log δ/(ηb), ηb = \(product)", -log(Self.share) / product))
      rows.append([
        "\(product)", rough[rough.count - 1].rounded(digits: 5), predicted.rounded(digits: 5),
        "\(counted)",
      ])
    }
    report.paragraph(
      "How many steps until only a share δ of the first error is left? The formula, solved for t:")
    report.formula("t = {log δ}/{log|1 − ηb|} ≈ −{log δ}/{ηb} \"for small\" ηb")
    report.table(
      header: ["ηb", "−log δ/(ηb)", "log δ / log|1 − ηb|", "steps counted"], rows: rows,
      caption: "Steps until the error is δ = 10⁻⁶ of the first.")
    report.show(
      Figure(
        title: "Steps needed against the learning rate",
        description: "Steps against ηb with both axes logarithmic: a straight line that halves the "
          + "steps for twice the rate, and the counted steps on or just under it.",
        panels: [
          Plot(
            x: Axis("ηb", scale: .log), y: Axis("steps", scale: .log),
            marks: [
              Line("−log δ/(ηb)", x: Self.countedProducts, y: rough),
              Line("log δ / log|1 − ηb|", x: Self.countedProducts, y: exact, dash: .dashed),
              Points("counted", x: Self.countedProducts, y: counts, color: .emphasis, size: 4),
            ])
        ]),
      name: "steps", caption: "Twice the rate, half the steps, as long as ηb is small.")
  }

  // MARK: - Two weights

  /// f(x, y) = a + b x′² + d y′² + g x′y′ with x′ = x − 1, y′ = y + 0.5: the matrix
  /// [[b, g/2], [g/2, d]], half the Hessian.
  static let form = (a: 0.5, b: 2.0, d: 5.0, g: 3.0)
  static let formMinimum = [1.0, -0.5]
  static let formStart = [-2.0, 1.5]
  static let formRate = 0.08
  static let bowl = Landscape(
    quadratic: [[2 * form.b, form.g], [form.g, 2 * form.d]], minimum: formMinimum, lowest: form.a)

  private func diagonalise(_ report: inout LessonReport) throws(NNError) {
    let hessian = try Self.bowl.derivatives(at: Self.formStart).hessian
    let half = HostTensor(hessian.flatMap { $0.map { $0 / 2 } }, shape: [2, 2])
    let eigen = try LAPACK.symmetricEigen(half)
    let values = eigen.values.doubles
    let vectors = eigen.vectors.doubles
    let alpha = report.measure("α", values[0])
    let beta = report.measure("β", values[1])
    // Column i of the vectors is the direction of value i, with the sign that makes it point to the
    // right.
    let axes = (0..<2).map { column in
      let sign = vectors[column] < 0 ? -1.0 : 1
      return [sign * vectors[column], sign * vectors[2 + column]]
    }
    func rotated(_ point: [Double]) -> [Double] {
      axes.map { axis -> Double in
        var sum = 0.0
        for index in 0..<2 { sum += axis[index] * (point[index] - Self.formMinimum[index]) }
        return sum
      }
    }
    let path = try Self.bowl.path(
      from: Self.formStart, by: SGD(learningRate: Self.formRate), steps: 60)
    let own = path.map(rotated)
    var largest = 0.0
    let times = (0...60).map(Double.init)
    let formulas = (0..<2).map { axis in
      times.map { abs(own[0][axis]) * pow(abs(1 - 2 * Self.formRate * values[axis]), $0) }
    }
    for (step, point) in own.enumerated() {
      for axis in 0..<2 {
        largest = max(largest, abs(abs(point[axis]) - formulas[axis][step]) / abs(own[0][axis]))
      }
    }
    report.measure("largest difference in the principal coordinates", largest)
    report.paragraph(
      """
      With two weights the axes of the bowl may be rotated. Its quadratic form is a symmetric \
      matrix, whose eigenvectors are the principal axes: in coordinates x″, y″ along them the \
      mixed term is gone, and each coordinate is a separate parabola. Automatic differentiation \
      computes the matrix, LAPACK its eigenvalues: α = \(alpha.rounded(digits: 5)), β = \
      \(beta.rounded(digits: 5)).
      """)
    report.formula(
      "f(x″, y″) = a + αx″² + βy″²,   |x″_t| = |x″_0|·|1 − 2ηα|ᵗ,   \"and the same with\" β \"for\" y″"
    )
    let newton = try newtonStep(hessian, values, axes)
    let distance = report.measure(
      "distance after one step of Newton's method", [newton].distances(from: Self.formMinimum)[0])
    let safe = report.measure("1/β", 1 / beta)
    report.paragraph(
      """
      Measured over 60 steps with η = \(Self.formRate), both coordinates follow their own formula \
      to \(largest.rounded(digits: 2)). The steep axis decides which rates are safe (η < 1/β = \
      \(safe.text)), the flat one how long it takes. Newton's method multiplies the gradient by \
      the inverse of the Hessian, which makes the curvature 1 in all directions: one step ends \
      \(distance.rounded(digits: 2)) from the minimum. For a network of a million weights that \
      matrix has 10¹² elements, so training uses gradients only.
      """)
    try showBowl(path: path, own: own, values: values, axes: axes, newton: newton, &report)
    report.show(
      Figure(
        title: "Convergence along each principal axis",
        description: "Distance along each axis against step on a logarithmic axis: two straight "
          + "lines, one steep, one flat, with measured points on them.",
        panels: [
          Plot(
            x: Axis("step t", range: 0...60), y: Axis("distance along the axis", scale: .log),
            marks: [0, 1].flatMap { axis -> [any Mark] in
              let visible = formulas[axis].firstIndex { $0 < 1e-8 } ?? times.count
              let seen = stride(from: 0, to: visible, by: 3).map { $0 }
              return [
                Line(
                  axis == 0 ? "x″ (α, flat)" : "y″ (β, steep)", x: Array(times[..<visible]),
                  y: Array(formulas[axis][..<visible])),
                Points(
                  x: seen.map { times[$0] }, y: seen.map { abs(own[$0][axis]) }, color: .muted,
                  size: 3),
              ]
            })
        ]),
      name: "axes", caption: "Lines: the formulas with α and β. Dots: every third step as measured."
    )
  }

  /// x − H⁻¹·∇f, with H⁻¹ = V diag(1/(2α), 1/(2β)) Vᵀ.
  private func newtonStep(
    _ hessian: [[Double]], _ values: [Double], _ axes: [[Double]]
  ) throws(NNError) -> [Double] {
    let gradient = try Self.bowl.derivatives(at: Self.formStart).gradient
    var point = Self.formStart
    for (value, axis) in zip(values, axes) {
      let along = (axis[0] * gradient[0] + axis[1] * gradient[1]) / (2 * value)
      point[0] -= along * axis[0]
      point[1] -= along * axis[1]
    }
    return point
  }

  private func showBowl(
    path: [[Double]], own: [[Double]], values: [Double], axes: [[Double]], newton: [Double],
    _ report: inout LessonReport
  ) throws(NNError) {
    let x = -3.0...4.0
    let y = -3.0...2.0
    let (u, v) = (-4.0...4.0, -2.5...2.5)
    let diagonal = Landscape(
      quadratic: [[2 * values[0], 0], [0, 2 * values[1]]], minimum: [0, 0], lowest: Self.form.a)
    let levels = [1.0, 3, 8, 16, 28, 45]
    let center = Self.formMinimum
    let arms = axes.map { axis in
      Arrow(
        from: (center[0], center[1]), to: (center[0] + 1.6 * axis[0], center[1] + 1.6 * axis[1]),
        color: .series(2))
    }
    report.show(
      Figure(
        title: "The same descent in both coordinates",
        description: "On the left tilted ellipses with their axes as arrows and a path into the "
          + "middle; on the right the same, aligned with the coordinate axes.",
        columns: 2,
        panels: [
          Plot(
            title: "x, y: the mixed term tilts the bowl", x: Axis("x", range: x),
            y: Axis("y", range: y), keepsAspect: true,
            marks: [
              Contour(
                x: x, y: y, columns: 85, rows: 61,
                values: try Self.bowl.grid(x: x, y: y, columns: 85, rows: 61), levels: levels,
                color: .muted, width: 1)
            ] + arms + [
              Line(
                "gradient descent", x: path.coordinate(0), y: path.coordinate(1),
                color: .series(0), dash: .solid, markers: true),
              Line(
                "Newton", x: [Self.formStart[0], newton[0]], y: [Self.formStart[1], newton[1]],
                color: .series(3), dash: .dashed),
            ]),
          Plot(
            title: "x″, y″: along the eigenvectors", x: Axis("x″", range: u),
            y: Axis("y″", range: v), keepsAspect: true,
            marks: [
              Contour(
                x: u, y: v, columns: 85, rows: 61,
                values: try diagonal.grid(x: u, y: v, columns: 85, rows: 61), levels: levels,
                color: .muted, width: 1),
              Line(
                "gradient descent", x: own.coordinate(0), y: own.coordinate(1), color: .series(0),
                dash: .solid, markers: true),
            ]),
        ]),
      name: "bowl", caption: "Arrows: the eigenvectors, the principal axes of the bowl.")
  }

  // MARK: - Not quite a bowl

  /// f(w) = eʷ − 2w with its minimum at ln 2, where f″ = 2 and f‴ = 2.
  static let smooth = Landscape(dimension: 1) { $0[0].exp() - $0[0] * 2 }
  static let smoothRate = 0.15

  private func zoomIn(_ report: inout LessonReport) throws(NNError) {
    let minimum = log(2.0)
    let curvature = try Self.smooth.derivatives(at: [minimum]).hessian[0][0]
    let path = try Self.smooth.path(from: [1.7], by: SGD(learningRate: Self.smoothRate), steps: 40)
    let errors = path.distances(from: [minimum])
    let ratio = report.measure("ratio of errors at step 40", errors[40] / errors[39])
    let expected = report.measure("|1 − ηf″|", abs(1 - Self.smoothRate * curvature))
    var newton = [1.7]
    for _ in 0..<4 {
      let point = newton[newton.count - 1]
      let found = try Self.smooth.derivatives(at: [point])
      newton.append(point - found.gradient[0] / found.hessian[0][0])
    }
    let newtonErrors = newton.map { abs($0 - minimum) }
    for step in newtonErrors.indices.dropFirst() {
      report.measure("Newton's error after step \(step)", newtonErrors[step])
    }
    report.measure(
      "Newton's error over the square of the one before",
      newtonErrors[4] / (newtonErrors[3] * newtonErrors[3]))
    report.paragraph(
      """
      And if f is not a parabola? f(w) = eʷ − 2w has its minimum at w = ln 2 with f″ = \
      \(curvature.text). Far from the minimum the formula is only an approximation; close to it \
      the ratio of successive errors converges to \(ratio.rounded(digits: 6)), and |1 − ηf″| is \
      \(expected.rounded(digits: 6)). Newton's method squares the error instead: \
      \(newtonErrors.dropFirst().map { $0.rounded(digits: 2) }.joined(separator: ", ")) after 1, \
      2, 3 and 4 steps.
      """)
    report.show(
      Figure(
        title: "Close to a minimum everything is a bowl",
        description: "The error of gradient descent becomes a straight line on a logarithmic axis; "
          + "that of Newton's method plunges.",
        panels: [
          Plot(
            x: Axis("step"), y: Axis("distance from ln 2", scale: .log),
            marks: [
              Line("gradient descent", x: (0...40).map(Double.init), y: errors, markers: true),
              Line(
                "Newton", x: newtonErrors.indices.map(Double.init), y: newtonErrors, markers: true),
            ])
        ]),
      name: "smooth", caption: "f(w) = eʷ − 2w from w = 1.7 with η = 0.15.")
  }
}
