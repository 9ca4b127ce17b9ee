import type { Account } from "../src/account/account.js";
import type { SocService } from "../src/account/soc/soc-service.js";
import { parseSocOptions } from "../src/account/soc/soc-options.js";
import { shortNameOf, withVin } from "../src/account/vehicle-identity.js";
import { executeSocRequest, parseSocInput } from "../src/messages/soc-input.js";
import { SocOutput } from "../src/messages/soc-output.js";
import { BrokerWatch } from "../src/mqtt-out/broker-watch.js";
import { PREDICTED_SOC_SCHEMA } from "../src/settings/predicted-soc-schema.js";
import { readSettings } from "../src/settings/schema.js";
import { systemClock } from "../src/support/clock.js";
import { onAccountInput, useAccount, withAccount, type AccountNode } from "./lib/account-node.js";
import { listen, onceStarted, onEachStart } from "./lib/listeners.js";
import { messageOrigin } from "./lib/message-origin.js";
import type { NodeAPI, NodeProperties, RedNode, Send } from "./lib/red.js";
import { statusUnder } from "./lib/account-trouble.js";
import { socStatus } from "./lib/soc-status.js";
import { StatusLine } from "./lib/status-line.js";

export = function register(RED: NodeAPI): void {
  RED.nodes.registerType("cardata-predicted-soc", function (this: RedNode, properties: NodeProperties) {
    RED.nodes.createNode(this, properties);
    withAccount(RED, this, properties, (owner, account) => {
      connect(RED, this, properties, owner, account);
    });
  });
};

function connect(RED: NodeAPI, node: RedNode, properties: NodeProperties, owner: AccountNode, account: Account): void {
  const { soc } = account;
  const options = parseSocOptions(properties);
  const { vehicle, magic } = options;
  const { meterUnit } = readSettings(PREDICTED_SOC_SCHEMA, properties);
  const output = new SocOutput({ ...messageOrigin(account), vehicle });
  const status = new StatusLine(node);
  const isWanted = (vin: string) => vehicle === "" || vin === vehicle;
  let started = false;
  let last: string | null = null;

  // Another node may want it of the same car.
  const magicOf = (vin: string) => (magic ? soc.magic(vin) : null);
  const showStatus = () => {
    const own = () => socStatus(RED, viewOf(account, node.id, isWanted, last, magicOf));
    status.set(() => statusUnder(RED, account, own));
  };
  const sendEstimate = (vin: string, form: "estimate" | "current") => {
    const messages = output[form](vin, soc.predicted(vin), magicOf(vin), systemClock.now());
    if (messages.some((message) => message !== null)) node.send([...messages, null]);
  };
  const sendLearning = (vin: string, send: Send) => {
    const report = soc.report(vin);
    if (report !== null) send([null, null, output.learning(vin, report, systemClock.now())]);
  };
  const sendAll = (vins: Iterable<string>, send: Send) => {
    for (const vin of vins) {
      send([...output.current(vin, soc.predicted(vin), magicOf(vin), systemClock.now()), null]);
      sendLearning(vin, send);
    }
  };

  const use = useAccount(owner, node);
  const leave = soc.join(node.id, options);
  const stopListening = listen(account.events, {
    estimate: (vin) => {
      // Before the flows have started nobody receives it.
      if (!started || !isWanted(vin)) return;
      last = vin;
      sendEstimate(vin, "estimate");
      showStatus();
    },
    learned: (vin) => {
      if (started && isWanted(vin)) sendLearning(vin, node.send.bind(node));
    },
    status: showStatus,
  });
  const stopWaiting = onceStarted(RED, account.atWork, () => {
    started = true;
    for (const vin of soc.vins.filter(isWanted)) sendEstimate(vin, "current");
    showStatus();
  });
  // Another node may have come or gone that decides about the same cars.
  const stopWatching = onEachStart(RED, showStatus);
  // A broker that was away may retain what has become unknown since.
  const brokers = new BrokerWatch(systemClock, () => {
    sendAll(new Set([...soc.vins.filter(isWanted), ...output.vins]), node.send.bind(node));
  });
  showStatus();

  onAccountInput(RED, node, account, (message, send) => {
    if (brokers.handle(message)) return;
    const asked = withVin(message, account);
    const request = parseSocInput(asked, { vehicle, vins: soc.vins, meterUnit });
    if (request.kind === "snapshot") sendAll(request.vins, send);
    else if (request.kind === "report") sendLearning(request.vin, send);
    else {
      executeSocRequest(soc, request);
      showStatus();
    }
  });
  node.on("close", function (removed, done) {
    for (const stop of [stopListening, stopWaiting, stopWatching, leave]) stop();
    brokers.close();
    status.close();
    use.release(removed);
    done();
  });
}

function viewOf(
  account: Account,
  node: string,
  isWanted: (vin: string) => boolean,
  last: string | null,
  magicOf: SocService["magic"],
) {
  const { soc, registry } = account;
  const vins = soc.vins.filter(isWanted);
  const vin = last ?? vins[0];
  const estimate = vin === undefined ? null : (magicOf(vin) ?? soc.predicted(vin));
  const cars = [...registry.cars].filter(([known]) => isWanted(known));
  const isElectric = ({ driveType }: { driveType: string | null }) => driveType === "bev" || driveType === "phev";
  return {
    last: vin === undefined || estimate === null ? null : { car: shortNameOf(account, vin), estimate },
    several: vins.length > 1,
    differs: soc.differs(node),
    noBattery: cars.length > 0 && vins.length === 0 && !cars.some(([, { vehicle }]) => isElectric(vehicle)),
  };
}
