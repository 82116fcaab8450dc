import Foundation
import Testing

@Suite struct LinearOrNotLessonTests {
  private func measure(_ figure: String) throws -> Double {
    try LessonResults.measure("linear-or-not", figure)
  }

  @Test func aStackIsOneLayer() throws {
    #expect(try measure("stack against one layer, float64") <= 1e-13)
    #expect(try measure("stack against one layer, float32") <= 1e-5)
    // 2 · 16 + 16, 16 · 16 + 16 and 16 + 1.
    #expect(try measure("parameters in the stack") == 337)
    #expect(try measure("parameters in one layer") == 3)
  }

  /// Least squares again: the intercept is 0, the slope Σxy/Σx².
  @Test func aStackLearnsTheBestLine() throws {
    let x = (0..<101).map { -Double.pi + 2 * Double.pi * Double($0) / 100 }
    let xy = x.reduce(0) { $0 + $1 * sin($1) }
    let (xx, yy) = (x.reduce(0) { $0 + $1 * $1 }, x.reduce(0) { $0 + sin($1) * sin($1) })
    let best = (yy - xy * xy / xx) / 101
    #expect(abs(try measure("sine, best straight line: squared error") - best) <= 1e-12)
    #expect(abs(try measure("sine, linear stack: squared error") - best) <= 1e-6)
  }

  @Test func anActivationIsNonlinear() throws {
    #expect(try measure("sine, with σ: squared error") < 1e-3)
    #expect(try measure("sine, linear stack: largest second difference") <= 1e-12)
    #expect(try measure("sine, with σ: largest second difference") > 1e-3)
    #expect(try measure("circles, linear: accuracy") < 0.65)
    #expect(try measure("circles, with σ: accuracy") > 0.97)
  }
}
