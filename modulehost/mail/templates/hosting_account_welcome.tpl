name: Hosting Account Welcome Email
type: product
subject: New Account Information

<p>Dear {$client_name},</p>
<p>your hosting account is set up. Keep this mail: it has what you need to use it.</p>
<p>Hosting Package: {$service_product_name}<br />Domain: {$service_domain}<br />Username: {$service_username}<br />
Password: {$service_password}<br />Server: {$service_server_name} ({$service_server_ip})</p>
<p>Name servers:{if $service_ns1}<br />{$service_ns1}{/if}{if $service_ns2}<br />{$service_ns2}{/if}</p>
<p>Amount: {$service_recurring_amount}, {$service_billing_cycle}, next due {$service_next_due_date}</p>
<p>{$signature}</p>
