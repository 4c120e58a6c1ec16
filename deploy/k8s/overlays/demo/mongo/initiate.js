// Run beside the first member until it succeeds: initiates the replica set, then creates the users.
// Before the first user exists, MongoDB lets a client on the same host do this without one.
const admin = db.getSiblingDB("admin");
const services = ["intake", "routing", "mediation"];
const members = (process.env.MEMBERS ?? "mongo-0.mongo:27017,mongo-1.mongo:27017,mongo-2.mongo:27017").split(",");

function signIn() {
  try {
    return admin.auth("root", process.env.ROOT_PASSWORD).ok === 1;
  } catch {
    return false;
  }
}

if (!signIn()) {
  if (!db.hello().setName) {
    rs.initiate({
      _id: "rs0",
      members: members.map((host, _id) => ({ _id, host, priority: _id === 0 ? 2 : 1 })),
      settings: { electionTimeoutMillis: 5000 },
    });
  }
  while (!db.hello().isWritablePrimary) sleep(500);
  admin.createUser({ user: "root", pwd: process.env.ROOT_PASSWORD, roles: ["root"] });
  if (!signIn()) throw new Error("the root user cannot sign in");
}
if (db.hello().isWritablePrimary) {
  for (const name of services) {
    const pwd = process.env[`${name.toUpperCase()}_PASSWORD`];
    const db = `huying_${name}`;
    // dbAdmin, because a service sets the validators of its own collections (collMod).
    const roles = [
      { role: "readWrite", db },
      { role: "dbAdmin", db },
    ];
    if (admin.getUser(name)) admin.updateUser(name, { pwd, roles });
    else admin.createUser({ user: name, pwd, roles });
  }
  print("users are there");
} else {
  print("another member is primary; users stay as they are");
}
