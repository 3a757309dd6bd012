import Foundation

// Simulates a fleet of pullers with the scheduler that `waybill pull` uses. Protocol/FLEET.md says how the network is modelled.

guard let options = FleetOptions(Array(CommandLine.arguments.dropFirst())) else {
    print(FleetOptions.usage)
    exit(2)
}
let began = Date()
var simulation = Simulation(options)
simulation.run()
let report = FleetReport(simulation, wall: Date().timeIntervalSince(began))
print(options.json ? report.json : report.text)
