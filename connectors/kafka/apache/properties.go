package apache

import (
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"
)

// properties are a broker's, in Kafka's own names.
func (c *Cluster) properties(n *node) map[string]string {
	listener := c.options.Security.listener()
	broker := listener + "://" + n.address()
	properties := map[string]string{
		"process.roles":                  "broker,controller",
		"node.id":                        strconv.Itoa(n.id),
		"listeners":                      broker + ",CONTROLLER://" + loopback(n.controllerPort),
		"advertised.listeners":           broker,
		"controller.listener.names":      "CONTROLLER",
		"controller.quorum.voters":       c.voters(),
		"inter.broker.listener.name":     listener,
		"listener.security.protocol.map": "CONTROLLER:PLAINTEXT," + listener + ":" + listener,
		"log.dirs":                       n.data(),
		// A name mistyped in a test must not become a topic.
		"auto.create.topics.enable": "false",
		// Nobody waits for members that may still come.
		"group.initial.rebalance.delay.ms":     "0",
		"offsets.topic.num.partitions":         "4",
		"transaction.state.log.num.partitions": "4",
	}
	maps.Copy(properties, copies(c.options.Brokers))
	maps.Copy(properties, c.security())
	maps.Copy(properties, c.options.Properties)
	return properties
}

// copies are how often each record is kept: on every broker, and acknowledged
// once all but one of three have it.
func copies(brokers int) map[string]string {
	all, inSync := strconv.Itoa(brokers), strconv.Itoa((brokers+1)/2)
	return map[string]string{
		"default.replication.factor":               all,
		"min.insync.replicas":                      inSync,
		"offsets.topic.replication.factor":         all,
		"transaction.state.log.replication.factor": all,
		"transaction.state.log.min.isr":            inSync,
	}
}

// security are the properties of the brokers' listener.
func (c *Cluster) security() map[string]string {
	if c.options.Security == Plain {
		return nil
	}
	properties := map[string]string{
		"ssl.keystore.type":       "PEM",
		"ssl.keystore.location":   c.certificates.server,
		"ssl.truststore.type":     "PEM",
		"ssl.truststore.location": c.certificates.CAFile,
	}
	if c.options.Security == TLS {
		properties["ssl.client.auth"] = "required"
		return properties
	}
	maps.Copy(properties, map[string]string{
		"sasl.enabled.mechanisms":              "SCRAM-SHA-256,SCRAM-SHA-512",
		"sasl.mechanism.inter.broker.protocol": "SCRAM-SHA-512",
		"listener.name.sasl_ssl.scram-sha-512.sasl.jaas.config": fmt.Sprintf(
			"org.apache.kafka.common.security.scram.ScramLoginModule required username=%q password=%q;", SuperUser, SuperPassword),
		"listener.name.sasl_ssl.scram-sha-256.sasl.jaas.config": "org.apache.kafka.common.security.scram.ScramLoginModule required;",
		"authorizer.class.name":                                 "org.apache.kafka.metadata.authorizer.StandardAuthorizer",
		// Whoever comes by the controllers' listener has no name.
		"super.users": "User:" + SuperUser + ";User:ANONYMOUS",
	})
	return properties
}

// voters names every controller, the same for all.
func (c *Cluster) voters() string {
	var voters []string
	for _, n := range c.nodes {
		voters = append(voters, strconv.Itoa(n.id)+"@"+loopback(n.controllerPort))
	}
	return strings.Join(voters, ",")
}

// write puts properties into the form of Java's files.
func write(properties map[string]string) []byte {
	var text []byte
	for _, name := range slices.Sorted(maps.Keys(properties)) {
		text = fmt.Appendf(text, "%s=%s\n", name, properties[name])
	}
	return text
}
