import NNCore
import NNTestSupport
import Testing

@Suite struct NumberTests {
  @Test func distancesCountRepresentableNumbers() {
    #expect(ulpDistance(Float(1), Float(1).nextUp) == 1)
    #expect(ulpDistance(Float(1), Float(1).nextDown) == 1)
    #expect(ulpDistance(Float.leastNonzeroMagnitude, -Float.leastNonzeroMagnitude) == 2)
    #expect(ulpDistance(Float(0), -Float(0)) == 0)
    #expect(ulpDistance(Float(1), Float(2)) == 1 << 23)
    #expect(ulpDistance(1.0, 2.0) == 1 << 52)
    #expect(ulpDistance(Double.greatestFiniteMagnitude, .infinity) == 1)
    #expect(ulpDistance(Double.nan, .nan) == 0)
    #expect(ulpDistance(Double.nan, 1) == .max)
    #expect(
      ulpDistance(-Double.greatestFiniteMagnitude, .greatestFiniteMagnitude)
        == 2 * Double.greatestFiniteMagnitude.bitPattern)
  }

  @Test func errorsAreMeasuredInTheLastPlaceOfTheExactNumber() {
    #expect(ulpError(1, exact: 1) == 0)
    #expect(ulpError(1, exact: 1 + 0x1p-24) == 0.5)
    #expect(ulpError(Float(1).nextUp, exact: 1) == 1)
    #expect(ulpError(.infinity, exact: 1e300) == 0)
    #expect(ulpError(1, exact: 1e300) == .infinity)
    #expect(ulpError(.nan, exact: .nan) == 0)
    #expect(ulpError(.nan, exact: 1) == .infinity)
    #expect(ulpError(0, exact: 0x1p-149) == 1)
  }

  @Test func randomTensorsStayInRangeAndRepeat() {
    let tensor = HostTensor.random([101], dtype: .float64, seed: 7, in: 2...3)
    #expect(tensor.doubles.allSatisfy { 2...3 ~= $0 })
    #expect(Set(tensor.doubles).count > 95)
    #expect(tensor == HostTensor.random([101], dtype: .float64, seed: 7, in: 2...3))
    #expect(tensor != HostTensor.random([101], dtype: .float64, seed: 8, in: 2...3))
    let single = HostTensor.random([101], dtype: .float32, seed: 7, in: 2...3)
    #expect(single.converted(to: .float64) == tensor)
    #expect(Set(HostTensor.labels([200], classes: 5).doubles) == [0, 1, 2, 3, 4])
    #expect(HostTensor.normal([4001], seed: 3).doubles.reduce(0, +).magnitude < 200)
  }

  @Test func spikyTensorsHoldTheirSpikes() {
    let numbers = HostTensor.spiky([200], dtype: .float32).scalars(as: Float.self)
    #expect(numbers.contains(.leastNonzeroMagnitude))
    #expect(numbers.contains { $0 == 0 && $0.sign == .minus })
    #expect(numbers.allSatisfy { $0.isFinite })
    let all = HostTensor.spiky([200], includingNonFinite: true).doubles
    #expect(all.contains { $0.isNaN })
    #expect(all.contains(.infinity))
  }

  @Test func numericalGradientsOfAPolynomial() {
    let point = HostTensor.random([2, 3], seed: 5)
    let gradient = numericalGradient(at: point) { tensor in
      tensor.doubles.map { $0 * $0 * $0 }.reduce(0, +)
    }
    let expected = HostTensor(point.doubles.map { 3 * $0 * $0 }, shape: [2, 3])
    expectClose(gradient, expected, .centralDifferences)
  }
}
